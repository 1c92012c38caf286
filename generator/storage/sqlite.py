"""SQLite as koho uses it: a private file, WAL, durable commits, and transactions that begin where we say."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL
from sqlalchemy.pool import PoolProxiedConnection

BUSY_TIMEOUT_MS = 30_000
WRITES = "koho_writes"
"""In a connection's ``info``: its next transaction takes the lock at its beginning."""


class Dialect(SQLiteDialect_pysqlite):
    """SQLAlchemy's own, but it begins its transactions itself: Python's ``sqlite3`` would begin them at the first write.

    An event hook could do the same, but an engine that has one pays for it at every statement.
    """

    driver = "koho"
    supports_statement_cache = True

    def do_begin(self, dbapi_connection: PoolProxiedConnection) -> None:
        """Begin, with the write lock where the transaction means to write."""
        mode = "IMMEDIATE" if dbapi_connection.info.pop(WRITES, False) else "DEFERRED"
        dbapi_connection.cursor().execute(f"BEGIN {mode}")


registry.register("sqlite.koho", __name__, "Dialect")


def open_sqlite(url: URL) -> Engine:
    """Make an engine for a file, which is made when it is not there."""
    if url.database and url.database != ":memory:":
        file = Path(url.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.touch(mode=0o600)
    # an error never repeats what was to be stored
    engine = create_engine(url.set(drivername="sqlite+koho"), hide_parameters=True)
    event.listen(engine, "connect", _prepare)  # a hook of the pool, not of the statements
    return engine


def _prepare(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # transactions are begun by the dialect above
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
