"""Sends through an SMTP server: one message a person over one connection, every answer classified."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from generator.errors import SettingsError
from generator.failpoints import reach
from generator.mail.mailer import Limits, Outcome, OutcomeKind, Shipment
from generator.mail.message import Letter, Press, tags_of

_AGAIN_LATER_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where the server is; ``tls`` from the first byte for ``smtps``, by STARTTLS when it is offered otherwise."""

    host: str
    port: int
    user: str = ""
    tls: bool = False


def parse_smtp_url(url: str) -> SmtpServer:
    """Read ``smtp(s)://user@host:port``; a password there is refused, since settings files are shown to people."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise SettingsError("smtp_url: smtp://利用者@ホスト:ポート の形で書いてください")
    if parts.password:
        raise SettingsError("smtp_url: パスワードは書けません。環境変数 KOHO_SMTP_PASSWORD で渡してください")
    tls = parts.scheme == "smtps"
    return SmtpServer(parts.hostname, parts.port or (465 if tls else 587), unquote(parts.username or ""), tls)


class SmtpMailer:
    """One connection, kept open from mail to mail; a shipment holds one person, because SMTP answers per mail."""

    name = "smtp"
    limits = Limits(1, 30_000_000)
    repeatable = False

    def __init__(self, server: SmtpServer, password: str = "", *, timeout_seconds: float = 45.0) -> None:
        self._server = server
        self._password = password
        self._timeout = timeout_seconds
        self._client: smtplib.SMTP | None = None
        self._press: tuple[Letter, Press] | None = None

    def submit(self, shipment: Shipment) -> Outcome:
        """Send one mail; after the data has begun to flow, silence means unknown."""
        (recipient,) = shipment.recipients
        letter = shipment.letter
        if self._press is None or self._press[0] is not letter:
            self._press = (letter, Press(letter, tags_of(letter, recipient)))
        message = self._press[1].compose(recipient)
        try:
            client = self._connected()
        except smtplib.SMTPAuthenticationError as error:
            return Outcome(OutcomeKind.UNAUTHORIZED, f"SMTP {error.smtp_code}")
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome(OutcomeKind.NOT_SENT, type(error).__name__, wait_seconds=_AGAIN_LATER_SECONDS)
        return self._transact(client, letter.sender.address, recipient.address, message)

    def _transact(self, client: smtplib.SMTP, sender: str, address: str, message: bytes) -> Outcome:
        try:
            code, _ = self._mail(client, sender)
            if code != 250:
                client.rset()
                return Outcome(OutcomeKind.UNFIT, f"SMTP {code}") if code >= 500 else _refused(code)
            code, _ = client.rcpt(address)
            if code not in {250, 251}:
                client.rset()
                return _refused(code)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome(OutcomeKind.NOT_SENT, type(error).__name__, wait_seconds=1.0)
        reach("headers-sent")
        try:
            code, answer = client.data(message)
        except smtplib.SMTPDataError as error:
            return _refused(error.smtp_code)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome(OutcomeKind.UNKNOWN, type(error).__name__)
        reach("before-status")
        if code == 250:
            return Outcome(OutcomeKind.ACCEPTED, provider_id=answer.decode("ascii", "replace")[:100])
        return _refused(code)

    def _mail(self, client: smtplib.SMTP, sender: str) -> tuple[int, bytes]:
        code, answer = client.mail(sender)
        if code == 421:
            raise smtplib.SMTPServerDisconnected
        return code, answer

    def _connected(self) -> smtplib.SMTP:
        if self._client is not None:
            return self._client
        reach("before-connect")
        server, context = self._server, ssl.create_default_context()
        client: smtplib.SMTP
        if server.tls:
            client = smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout, context=context)
        else:
            client = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        self._client = client
        client.ehlo_or_helo_if_needed()
        if not server.tls and client.has_extn("starttls"):
            client.starttls(context=context)
            client.ehlo()
        if server.user:
            if not isinstance(client.sock, ssl.SSLSocket):
                raise smtplib.SMTPAuthenticationError(538, b"no password goes over an open line")
            client.login(server.user, self._password)
        return client

    def close(self) -> None:
        """Say goodbye to the server."""
        if self._client is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._client.close()
            self._client = None


def _refused(code: int) -> Outcome:
    """421 speaks for the whole server, any other 4xx for one mailbox: that one waits, the others go on."""
    if code == 421:
        return Outcome(OutcomeKind.THROTTLED, "SMTP 421", wait_seconds=_AGAIN_LATER_SECONDS)
    if 400 <= code < 500:
        return Outcome(OutcomeKind.NOT_SENT, f"SMTP {code}")
    return Outcome(OutcomeKind.REJECTED, f"SMTP {code}")
