"""The personal links in mails: leave, choose topics, confirm. They carry numbers, never addresses."""

from __future__ import annotations

from generator.forms.tokens import Purpose, Tokens

MOUNT = "/mail"


def unsubscribe_url(
    site_url: str, tokens: Tokens, subscriber_id: int, newsletter: str, issue: str = ""
) -> str:
    """Return the link that leaves one newsletter; it also takes the one-click post of RFC 8058.

    ``issue`` is the issue in whose mail it stands, so that its report can count who left by it.
    """
    content = {"s": subscriber_id, "n": newsletter, **({"i": issue} if issue else {})}
    return _link(site_url, "unsubscribe", tokens.sign(Purpose.UNSUBSCRIBE, content))


def manage_url(site_url: str, tokens: Tokens, subscriber_id: int) -> str:
    """Return the link to the page where topics are chosen."""
    return _link(site_url, "preferences", tokens.sign(Purpose.MANAGE, {"s": subscriber_id}))


def confirm_url(site_url: str, tokens: Tokens, subscriber_id: int, newsletters: tuple[str, ...]) -> str:
    """Return the link that finishes a subscription to the newsletters that were asked for."""
    return _link(
        site_url, "confirm", tokens.sign(Purpose.CONFIRM, {"s": subscriber_id, "n": list(newsletters)})
    )


def _link(site_url: str, page: str, token: str) -> str:
    return f"{site_url.rstrip('/')}{MOUNT}/{page}?t={token}"  # a token is URL-safe as it is
