"""Brings a database to the newest form of its tables; only ever run by command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.settings import Settings
from generator.storage.database import open_database
from generator.storage.schema import Schema

if TYPE_CHECKING:
    from alembic.config import Config


def upgrade(schema: Schema, settings: Settings) -> str:
    """Run the migrations of one database; return the revision it has now."""
    from alembic import command

    config = _config(schema)
    engine = open_database(schema.url_of(settings))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            config.attributes["metadata"] = schema.metadata
            command.upgrade(config, "head")
    finally:
        engine.dispose()
    return newest(schema)


def current(schema: Schema, settings: Settings) -> str | None:
    """Return the revision that a database has, or None before its first upgrade."""
    from alembic.runtime.migration import MigrationContext

    engine = open_database(schema.url_of(settings))
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def newest(schema: Schema) -> str:
    """Return the newest revision there is."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config(schema)).get_current_head() or ""


def _config(schema: Schema) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(schema.migrations).replace("%", "%%"))
    return config
