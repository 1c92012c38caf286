"""Runs: who changed the database, when, from which source; all of a command's runs are one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import orjson
import xxhash
from sqlalchemy import Connection, Engine, delete, insert, select, update

from company_db.tables import company, profile, run
from generator.storage.database import writing


@dataclass(frozen=True, slots=True)
class Intake:
    """When, who and from which source something comes in."""

    at: datetime
    who: str
    source: str


class RunBook:
    """Begins, closes and drops runs on one write transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def last(self) -> int:
        """Return the id of the newest run, 0 before the first."""
        return self.connection.execute(select(run.c.id).order_by(run.c.id.desc()).limit(1)).scalar() or 0

    def begin(self, intake: Intake) -> int:
        """Enter a run and return its id: the ``seq`` of every company it changes."""
        values = {"at": intake.at.isoformat(timespec="seconds"), "who": intake.who, "source": intake.source}
        statement = insert(run).values(**values, digest="", summary="").returning(run.c.id)
        return int(self.connection.execute(statement).scalar_one())

    def close(self, identity: int, summary: object) -> None:
        """Keep a run: chain its digest to what was before and to every company that it changed."""
        before = self.connection.execute(
            select(run.c.digest).where(run.c.id < identity).order_by(run.c.id.desc()).limit(1)
        ).scalar()
        chain = xxhash.xxh3_64((before or "").encode())
        changed = self.connection.execute(
            select(company.c.key, company.c.digest, profile.c.digest)
            .join_from(company, profile, profile.c.key == company.c.key, isouter=True)
            .where(company.c.seq == identity)
            .order_by(company.c.key)
        )
        for row in changed:
            chain.update("\t".join(text or "" for text in row).encode())
        values = {"digest": chain.hexdigest(), "summary": orjson.dumps(summary, default=str).decode()}
        self.connection.execute(update(run).where(run.c.id == identity).values(**values))

    def drop(self, identity: int) -> None:
        """Take a run back that had nothing to change."""
        self.connection.execute(delete(run).where(run.c.id == identity))


@contextmanager
def open_runs(engine: Engine) -> Iterator[RunBook]:
    """Give a run book on one write transaction: all of it is kept, or nothing."""
    with writing(engine).begin() as connection:
        yield RunBook(connection)
