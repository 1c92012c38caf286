"""How often something may happen: counted in the room's own database, so that it holds over restarts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, bindparam, delete
from sqlalchemy.sql.dml import ReturningInsert

from generator.forms.keyed_hash import KeyedHash
from generator.storage.database import insert_into


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``count`` in each window of ``seconds``."""

    name: str
    count: int
    seconds: int


def throttle_table(metadata: MetaData) -> Table:
    """Declare the table of one room's throttles; who is counted is stored as a keyed hash."""
    return Table(
        "throttle",
        metadata,
        Column("name", String(40), primary_key=True),
        Column("who", String(64), primary_key=True),
        Column("window", Integer, primary_key=True),
        Column("count", Integer, nullable=False),
    )


class Throttle:
    """Counts in fixed windows and says when a limit is reached; windows that are over are forgotten.

    One statement counts and asks at once, so that processes cannot pass each other; a refused request writes nothing.
    """

    def __init__(self, table: Table, key: bytes) -> None:
        self._table = table
        self._keyed = KeyedHash(key)
        self._counting = {dialect: _one_more(table, dialect) for dialect in ("sqlite", "postgresql")}
        self._window: dict[str, int] = {}

    def allow(self, connection: Connection, limit: Limit, who: str, now: float) -> bool:
        """Count one more for ``who`` and say whether it is still within the limit; inside a write transaction."""
        window = int(now // limit.seconds)
        if self._window.get(limit.name) != window:
            self.forget_before(connection, limit, now)
            self._window[limit.name] = window
        digest = self._keyed.digest(f"{limit.name}\0{who}".encode()).hex()
        row = {"name": limit.name, "who": digest, "window": window, "limit": limit.count}
        counted = connection.execute(self._counting[connection.dialect.name], row).scalar()
        return counted is not None

    def forget_before(self, connection: Connection, limit: Limit, now: float) -> None:
        """Delete the windows that are over."""
        table = self._table
        over = (table.c.name == limit.name) & (table.c.window < int(now // limit.seconds))
        connection.execute(delete(table).where(over))


def _one_more(table: Table, dialect: str) -> ReturningInsert[tuple[int]]:
    """Return the statement that adds one while the count is below the limit; it yields no row at the limit."""
    first = insert_into(table, dialect).values(
        name=bindparam("name"), who=bindparam("who"), window=bindparam("window"), count=1
    )
    counted = first.on_conflict_do_update(
        index_elements=[table.c.name, table.c.who, table.c.window],
        set_={"count": table.c.count + 1},
        where=table.c.count < bindparam("limit"),
    )
    return counted.returning(table.c.count)
