"""How every command opens the enterprise database, and who is noted in its history."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from company_db.store import Intake
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
    from generator.storage import migrations
    from generator.storage.database import open_database

    if migrations.current(SCHEMA, settings) != migrations.newest(SCHEMA):
        raise SettingsError("企業データベースが最新の形ではありません。koho db upgrade を実行してください")
    return open_database(SCHEMA.url_of(settings))


def intake(who: str, source: str) -> Intake:
    """Return now, who runs the command, and the source."""
    return Intake(clock.now(), who or getpass.getuser(), source)
