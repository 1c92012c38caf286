"""Makes the mailer that the settings name."""

from __future__ import annotations

from generator.errors import SettingsError
from generator.mail.mailer import Mailer
from generator.settings import Settings


def open_mailer(settings: Settings) -> Mailer:
    """Return the outbox, the SMTP or the SendGrid mailer; raises ``SettingsError`` that names what is missing."""
    match settings.mailer:
        case "outbox":
            from generator.mail.outbox import OutboxMailer

            return OutboxMailer(settings.project / settings.outbox)
        case "smtp":
            from generator.mail.smtp import SmtpMailer, parse_smtp_url

            return SmtpMailer(parse_smtp_url(settings.smtp_url), settings.smtp_password.get_secret_value())
        case "sendgrid":
            from generator.mail.sendgrid import SendGridMailer

            key = settings.sendgrid_api_key.get_secret_value()
            if not key:
                raise SettingsError("KOHO_SENDGRID_API_KEY: SendGrid のAPIキーを環境変数で渡してください")
            return SendGridMailer(key, host=settings.sendgrid_host, sandbox=settings.sendgrid_sandbox)
        case other:
            raise SettingsError(f"mailer: 「{other}」: outbox、smtp、sendgrid のどれかにしてください")
