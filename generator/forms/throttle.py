"""How often something may happen: counted in the room's own database, so that it holds over restarts."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, delete, select, update
from sqlalchemy.exc import IntegrityError


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
    """Counts in fixed windows and says when a limit is reached."""

    def __init__(self, table: Table, key: bytes) -> None:
        self._table = table
        self._key = key

    def allow(self, connection: Connection, limit: Limit, who: str, now: float) -> bool:
        """Count one more for ``who`` and say whether it is still within the limit; inside a write transaction."""
        table = self._table
        window = int(now // limit.seconds)
        digest = hmac.new(self._key, f"{limit.name}\0{who}".encode(), hashlib.sha256).hexdigest()
        here = (table.c.name == limit.name) & (table.c.who == digest) & (table.c.window == window)
        taken = connection.execute(select(table.c.count).where(here)).scalar()
        if taken is not None and taken >= limit.count:
            return False
        if taken is None:
            return self._first(connection, limit, digest, window)
        connection.execute(update(table).where(here).values(count=table.c.count + 1))
        return True

    def forget_before(self, connection: Connection, limit: Limit, now: float) -> None:
        """Delete the windows that are over."""
        table = self._table
        over = (table.c.name == limit.name) & (table.c.window < int(now // limit.seconds))
        connection.execute(delete(table).where(over))

    def _first(self, connection: Connection, limit: Limit, digest: str, window: int) -> bool:
        row = {"name": limit.name, "who": digest, "window": window, "count": 1}
        try:
            with connection.begin_nested():
                connection.execute(self._table.insert().values(row))
        except IntegrityError:  # another process was first in this window
            here = (
                (self._table.c.name == limit.name)
                & (self._table.c.who == digest)
                & (self._table.c.window == window)
            )
            connection.execute(update(self._table).where(here).values(count=self._table.c.count + 1))
        return True
