"""Makes the office that a worker works with, from the settings of a project."""

from __future__ import annotations

from generator.forms.tokens import Tokens, keys_of
from generator.mail.choice import open_mailer
from generator.settings import Settings
from generator.storage.database import open_database
from newsletters.audience.keyring import load_keyring
from newsletters.declaration import load_newsletters
from newsletters.delivery.journal import Journal
from newsletters.delivery.policy import policies_of
from newsletters.delivery.run import Office
from newsletters.tables import audience_url


def open_office(settings: Settings, *, patience_seconds: float = 150.0) -> Office:
    """Open database, mailer, keys and journal; raises ``SettingsError`` for what is missing."""
    var = settings.project / "var"
    return Office(
        engine=open_database(audience_url(settings)),
        mailer=open_mailer(settings),
        site_url=settings.site_url,
        tokens=Tokens(keys_of(settings)),
        keyring=load_keyring(var),
        journal=Journal(var),
        policies=policies_of(load_newsletters(settings)),
        patience_seconds=patience_seconds,
    )


def close_office(office: Office) -> None:
    """Let go of the mailer's connection and of the database."""
    office.mailer.close()
    office.engine.dispose()
