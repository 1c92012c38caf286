"""How every command opens the enterprise database, and who is noted in its history."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from company_db.runs import Intake
from generator import clock
from generator.errors import SettingsError
from generator.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

WhoOption = Annotated[
    str, typer.Option("--who", metavar="名前", help="履歴に残す担当者。なければ端末の利用者名")
]


def open_store(settings: Settings) -> Engine:
    """Open the database of the settings; ``SettingsError`` when its tables are missing or old."""
    from company_db.schema import SCHEMA
    from generator.storage.database import open_database

    engine = open_database(SCHEMA.url_of(settings))
    if _version(engine) != _newest(SCHEMA.migrations):
        engine.dispose()
        raise SettingsError("企業データベースが最新の形ではありません。koho db upgrade を実行してください")
    return engine


def _version(engine: Engine) -> str:
    """Read what alembic noted, without loading alembic: a daily command should start at once."""
    from sqlalchemy import inspect, text

    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())


def _newest(migrations: Path) -> str:
    return max(file.name.partition("_")[0] for file in (migrations / "versions").glob("[0-9]*_*.py"))


def intake(who: str, source: str) -> Intake:
    """Return now, who runs the command, and the source."""
    return Intake(clock.now(), who or getpass.getuser(), source)
