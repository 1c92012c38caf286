"""Each reader's own addresses in a mail: to leave (also by one click, RFC 8058) and to choose topics."""

from __future__ import annotations

from generator.forms.tokens import Purpose, Tokens
from generator.settings import Settings

LEAVE = "subscribe/leave"
PREFERENCES = "subscribe/preferences"


class Links:
    """Makes signed links; a token holds the reader's number and the newsletter, no address."""

    def __init__(self, site_url: str, tokens: Tokens) -> None:
        self._site = site_url
        self._tokens = tokens

    def leave(self, subscriber_id: int, newsletter: str) -> str:
        """Return the address of the page to leave; a POST to it leaves at once."""
        return f"{self._site}{LEAVE}/{self._token(Purpose.UNSUBSCRIBE, subscriber_id, newsletter)}"

    def preferences(self, subscriber_id: int, newsletter: str) -> str:
        """Return the address of the page to choose topics."""
        return f"{self._site}{PREFERENCES}/{self._token(Purpose.MANAGE, subscriber_id, newsletter)}"

    def _token(self, purpose: Purpose, subscriber_id: int, newsletter: str) -> str:
        return self._tokens.sign(purpose, {"s": subscriber_id, "n": newsletter})


def make_links(settings: Settings) -> Links:
    """Return the links of a project; raises ``SettingsError`` without a signing key."""
    return Links(settings.site_url, Tokens(settings.secret_keys))
