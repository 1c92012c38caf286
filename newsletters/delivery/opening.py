"""Makes the office that a worker works with, from the settings of a project."""

from __future__ import annotations

from collections.abc import Mapping

from generator.forms.tokens import Tokens, keys_of
from generator.mail.choice import open_mailer
from generator.settings import Settings
from generator.storage.database import open_database
from newsletters.audience.keyring import load_keyring
from newsletters.declaration import parse_newsletters
from newsletters.delivery.journal import Journal
from newsletters.delivery.policy import Policy, policies_of
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
        policies=declared_policies(settings),
        patience_seconds=patience_seconds,
    )


def declared_policies(settings: Settings) -> Mapping[str, Policy]:
    """Return the policies as declared; a newsletter that is declared wrongly gets the careful default.

    What was approved does not wait for a slip of the pen in another line; ``koho check`` tells of it.
    """
    path = settings.content / "newsletters.yml"
    return policies_of(parse_newsletters(path)[0]) if path.exists() else {}


def close_office(office: Office) -> None:
    """Let go of the mailer's connection and of the database."""
    office.mailer.close()
    office.engine.dispose()
