"""What happened at the company's door, kept for those who must answer for it: times, acts and ids, no words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, insert, select

from company_db.tables import audit
from generator.storage.database import writing


class Act(StrEnum):
    """One kind of happening."""

    LINK_SENT = "link_sent"
    LINK_FAILED = "link_failed"  # no mail could be handed over
    LINK_LIMITED = "link_limited"  # asked for too often that day
    PHOTO_KEPT = "photo_kept"  # subject: digest
    PHOTO_REFUSED = "photo_refused"  # subject: why
    PROPOSED = "proposed"  # subject: number of the proposal, as of the acts below
    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One happening."""

    at: str
    act: Act
    key: str
    subject: str


def note(connection: Connection, act: Act, key: str, at: datetime, subject: object = "") -> None:
    """Enter one happening in the transaction in which it happens."""
    connection.execute(
        insert(audit).values(
            at=at.isoformat(timespec="seconds"), act=act.value, key=key, subject=str(subject)
        )
    )


class Audit:
    """The entries of all companies."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(self, act: Act, key: str, at: datetime, subject: object = "") -> None:
        """Enter one happening that changes nothing else."""
        with writing(self._engine).begin() as connection:
            note(connection, act, key, at, subject)

    def entries(self, key: str = "") -> Iterator[AuditEntry]:
        """Yield the entries of one company, or of all, oldest first."""
        query = select(audit.c.at, audit.c.act, audit.c.key, audit.c.subject).order_by(audit.c.id)
        with self._engine.connect() as connection:
            for at, act, about, subject in connection.execute(
                query.where(audit.c.key == key) if key else query
            ):
                yield AuditEntry(at, Act(act), about, subject)
