"""What the mail provider's key may do: all that sending needs, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from generator.errors import RefusedError, ServiceError
from generator.mail.choice import open_mailer
from generator.mail.mailer import KeyHolder
from generator.operation.finding import Finding, Verdict
from generator.settings import Settings

NEEDED = frozenset(
    {"mail.send", "mail.batch.create", "user.scheduled_sends.create", "user.scheduled_sends.read"}
)
HARMLESS = (
    "mail.send",
    "mail.batch.",
    "user.scheduled_sends.",
    "messages.read",  # the log of what was sent
    "email_activity.read",
    "logs.read",
    "2fa_",  # these three are properties of the account, no rights
    "sender_verification_",
    "ui.",
)
SHOWN = 4
_SUBJECT = "SendGrid の鍵の範囲"


def examine_provider_key(settings: Settings) -> Iterator[Finding]:
    """Ask the provider what our key may do; nothing where the mailer has no such key."""
    if settings.mailer != "sendgrid" or not settings.sendgrid_api_key.get_secret_value():
        return
    mailer = open_mailer(settings)
    try:
        if isinstance(mailer, KeyHolder):
            yield judge_scopes(mailer.scopes())
    except RefusedError as error:
        yield Finding(
            _SUBJECT,
            Verdict.BAD,
            str(error),
            "SendGrid の画面で鍵を作り直し、KOHO_SENDGRID_API_KEY を入れ替えます",
        )
    except ServiceError as error:
        yield Finding(
            _SUBJECT,
            Verdict.NOTE,
            f"確かめられませんでした（{error}）",
            "つながるときに koho doctor をもう一度実行します",
        )
    finally:
        mailer.close()


def judge_scopes(scopes: frozenset[str]) -> Finding:
    """Say what a key with these scopes lacks or has too much of."""
    lacking, spare = sorted(NEEDED - scopes), sorted(s for s in scopes if not s.startswith(HARMLESS))
    if spare:
        return Finding(
            _SUBJECT,
            Verdict.BAD,
            f"要らない権限が {len(spare)} あります（{_some(spare)}）",
            "SendGrid の画面で deploy/README.md の範囲だけの鍵を作り、KOHO_SENDGRID_API_KEY を入れ替え、今の鍵を消します",
        )
    if lacking:
        return Finding(
            _SUBJECT,
            Verdict.BAD,
            f"足りません: {'、'.join(lacking)}",
            "SendGrid の画面で、この範囲を鍵に足します",
        )
    return Finding(_SUBJECT, Verdict.GOOD, "送信と取り消しだけ")


def _some(names: list[str]) -> str:
    return "、".join(names[:SHOWN]) + (" ほか" if len(names) > SHOWN else "")
