"""Issues in the audience database: their state, their fingerprints and every step with its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from generator.storage.database import writing
from newsletters.tables import issue_steps, issues


@dataclass(frozen=True, slots=True)
class Record:
    """Where an issue stands."""

    key: str
    newsletter: str
    issue_date: date
    number: int
    state: str
    author: str = ""
    fingerprint: str = ""
    approved_fingerprint: str = ""
    submit_at: datetime | None = None
    submitted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one person did to an issue, when and why."""

    at: datetime
    who: str
    action: str
    state: str
    reason: str = ""
    on_behalf_of: str = ""
    fingerprint: str = ""


class IssueStore:
    """The issues of one audience database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, key: str) -> Record | None:
        """Return an issue's record, or None while it is only a draft on disk."""
        with self._engine.connect() as connection:
            return find_record(connection, key)

    def records(self, newsletter: str = "") -> tuple[Record, ...]:
        """Return every record, oldest issue first."""
        query = select(issues).order_by(issues.c.issue_date, issues.c.key)
        if newsletter:
            query = query.where(issues.c.newsletter == newsletter)
        with self._engine.connect() as connection:
            return tuple(_record(row) for row in connection.execute(query).mappings())

    def numbers(self, newsletter: str) -> Mapping[date, int]:
        """Return the numbers that are taken, by issue date; a cancelled issue keeps its number (欠番)."""
        return {record.issue_date: record.number for record in self.records(newsletter)}

    def steps(self, key: str) -> tuple[Step, ...]:
        """Return an issue's steps in order."""
        query = select(issue_steps).where(issue_steps.c.issue == key).order_by(issue_steps.c.id)
        with self._engine.connect() as connection:
            return tuple(_step(row) for row in connection.execute(query).mappings())

    def begin(self, record: Record, step: Step) -> bool:
        """Write a first record with its step; False when there is one already."""
        with writing(self._engine).begin() as connection:
            if find_record(connection, record.key) is not None:
                return False
            connection.execute(insert(issues).values(_values(record)))
            _write_step(connection, record.key, step)
            return True

    def move(self, before: Record, after: Record, step: Step) -> bool:
        """Replace a record with its step in one transaction; False when someone else moved it first."""
        with writing(self._engine).begin() as connection:
            moved = connection.execute(
                update(issues)
                .where(
                    issues.c.key == before.key,
                    issues.c.state == before.state,
                    issues.c.fingerprint == before.fingerprint,
                    issues.c.approved_fingerprint == before.approved_fingerprint,
                )
                .values(_values(after))
            )
            if moved.rowcount != 1:
                return False
            _write_step(connection, before.key, step)
            return True


def find_record(connection: Connection, key: str) -> Record | None:
    """Return an issue's record inside a transaction."""
    row = connection.execute(select(issues).where(issues.c.key == key)).mappings().first()
    return _record(row) if row else None


def _write_step(connection: Connection, key: str, step: Step) -> None:
    values = {name: getattr(step, name) for name in Step.__slots__} | {"issue": key, "at": _utc(step.at)}
    connection.execute(insert(issue_steps).values(values))


def _values(record: Record) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(record, name) for name in Record.__slots__}
    values["issue_date"] = record.issue_date.isoformat()
    values["submit_at"] = _utc(record.submit_at)
    values["submitted_at"] = _utc(record.submitted_at)
    return values


def _record(row: RowMapping) -> Record:
    values = dict(row)
    values["issue_date"] = date.fromisoformat(values["issue_date"])
    values["submit_at"] = _zoned(values["submit_at"])
    values["submitted_at"] = _zoned(values["submitted_at"])
    return Record(**values)


def _step(row: RowMapping) -> Step:
    values = {name: row[name] for name in Step.__slots__}
    values["at"] = _zoned(values["at"])
    return Step(**values)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None


def _zoned(moment: datetime | None) -> datetime | None:
    """SQLite keeps no zone; what was written is UTC."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)
