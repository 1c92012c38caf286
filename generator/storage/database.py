"""Opens SQLite or PostgreSQL by URL, with the promises that the rest of koho stands on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Table, create_engine, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from generator.errors import SettingsError
from generator.storage.sqlite import WRITES, open_sqlite
from generator.storage.urls import database_url

__all__ = ["database_url", "insert_into", "open_database", "read_one_row", "writing"]


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
            return open_sqlite(parsed)
        case "postgresql":
            return create_engine(
                parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True
            )
        case other:
            raise SettingsError(f"{other}: 使えないデータベースです。sqlite か postgresql にしてください")


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


class Writing:
    """Begins the transactions of an engine that write: on SQLite they take the lock at their beginning."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Yield a connection in a transaction, committed at the end and taken back on an error."""
        with self._engine.connect() as connection:
            connection.info[WRITES] = True
            with connection.begin():
                yield connection


def writing(engine: Engine) -> Writing:
    """Return how one writes through an engine."""
    return Writing(engine)
