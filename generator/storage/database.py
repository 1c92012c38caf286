"""Opens SQLite or PostgreSQL by URL, with the promises that the rest of koho stands on."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, Table, create_engine, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from generator.errors import SettingsError
from generator.storage.urls import database_url

__all__ = ["BUSY_TIMEOUT_MS", "database_url", "insert_into", "open_database", "read_one_row", "writing"]

BUSY_TIMEOUT_MS = 30_000


def open_database(url: str) -> Engine:
    """Make an engine: SQLite with WAL, foreign keys and durable commits; PostgreSQL through psycopg 3.

    Raises ``SettingsError`` for a URL that is neither.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsError(
            "データベースのURLが読めません。sqlite:///… か postgresql://… で書いてください"
        ) from None
    match parsed.get_backend_name():
        case "sqlite":
            return _open_sqlite(parsed)
        case "postgresql":
            return create_engine(
                parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True
            )
        case other:
            raise SettingsError(f"{other}: 使えないデータベースです。sqlite か postgresql にしてください")


def _open_sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        file = Path(url.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.touch(mode=0o600)
    engine = create_engine(url, hide_parameters=True)  # an error never repeats what was to be stored
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # transactions are begun by SQLAlchemy's event below
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: object) -> None:
    options = connection.get_execution_options()  # type: ignore[attr-defined]
    mode = "IMMEDIATE" if options.get("koho_write") else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {mode}")  # type: ignore[attr-defined]


def read_one_row(url: str, table: Table) -> None:
    """Ask a table for one row; raises when the database cannot be asked or has no such table."""
    engine = open_database(url)
    try:
        with engine.connect() as connection:
            connection.execute(select(table).limit(1)).first()
    finally:
        engine.dispose()


def insert_into(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that can say what to do on a conflict, in the words of the database."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def writing(engine: Engine) -> Engine:
    """Return the engine for transactions that write: on SQLite they take the lock at their beginning."""
    return engine.execution_options(koho_write=True)
