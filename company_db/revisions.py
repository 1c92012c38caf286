"""Revisions (変更申請): a company's own proposal, compared, then accepted or sent back with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from pydantic import ValidationError
from sqlalchemy import Connection, Engine, Row, insert, select, update

from company_db.intake.columns import COLUMNS, cell_text
from company_db.model import CompanyRecord
from company_db.runs import Intake, open_runs
from company_db.store import dumped, save_record
from company_db.tables import profile, revision
from generator.errors import DataError, RefusedError
from generator.storage.database import writing

OFFICE_FIELDS = frozenset({"key", "listed", "registered", "confirmed", "notes", "subsidies"})
"""What a company cannot change itself."""


class RevisionState(StrEnum):
    """What became of a proposal."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Revision:
    """One proposal; ``changes`` maps a field to its JSON value before and after."""

    id: int
    key: str
    state: RevisionState
    changes: Mapping[str, tuple[Any, Any]]
    proposed_at: str
    proposed_by: str
    decided_at: str = ""
    decided_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """One field of a proposal as staff compare it; ``overtaken``: it was changed since by someone else."""

    header: str
    before: str
    after: str
    overtaken: bool


class Revisions:
    """The proposals of all companies."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def propose(self, key: str, values: Mapping[str, Any], *, at: datetime, by: str) -> Revision:
        """Store a proposal: the new value of each field, as ``CompanyRecord`` takes it.

        No difference at all is a proposal too: the company confirms its page. An earlier proposal of the same
        company that is still open is withdrawn. ``DataError`` names the first field that is wrong.
        """
        if forbidden := OFFICE_FIELDS & values.keys():
            raise RefusedError(f"{'、'.join(sorted(forbidden))}: この項目は機構だけが変えられます")
        with writing(self._engine).begin() as connection:
            current = _current(connection, key)
            proposed = dumped(_merged(current, values))
            before = dumped(current)
            changes = {
                name: [before.get(name), proposed.get(name)]
                for name in CompanyRecord.model_fields
                if before.get(name) != proposed.get(name)
            }
            _withdraw_open(connection, key, at)
            row = {
                "key": key,
                "proposal": orjson.dumps(changes).decode(),
                "state": RevisionState.PROPOSED.value,
                "proposed_at": at.isoformat(timespec="seconds"),
                "proposed_by": by,
            }
            identity = connection.execute(
                insert(revision).values(**row).returning(revision.c.id)
            ).scalar_one()
            return _get(connection, identity)

    def open(self) -> tuple[Revision, ...]:
        """Return the proposals that wait for staff, oldest first."""
        query = (
            select(revision).where(revision.c.state == RevisionState.PROPOSED.value).order_by(revision.c.id)
        )
        with self._engine.connect() as connection:
            return tuple(map(_revision, connection.execute(query)))

    def get(self, identity: int) -> Revision:
        """Return one proposal; ``DataError`` when there is none of this id."""
        with self._engine.connect() as connection:
            return _get(connection, identity)

    def compare(self, identity: int) -> tuple[ProposedChange, ...]:
        """Return a proposal's changes as cells beside what stands now."""
        with self._engine.connect() as connection:
            found = _get(connection, identity)
            current = _current(connection, found.key)
        proposed = _merged(current, {name: after for name, (_, after) in found.changes.items()})
        overtaken = _overtaken(found, current)
        columns = {column.field: column for column in COLUMNS}
        return tuple(
            ProposedChange(
                columns[name].header if name in columns else name,
                cell_text(current, columns[name]) if name in columns else str(getattr(current, name)),
                cell_text(proposed, columns[name]) if name in columns else str(getattr(proposed, name)),
                name in overtaken,
            )
            for name in found.changes
        )

    def accept(self, identity: int, intake: Intake) -> CompanyRecord:
        """Apply a proposal and note the day as 最終確認日.

        ``RefusedError`` when it is not open any more, or when a field of it was changed by someone else since.
        """
        with open_runs(self._engine) as book:
            found = _get(book.connection, identity)
            current = _current(book.connection, found.key)
            if overtaken := _overtaken(found, current):
                headers = [column.header for column in COLUMNS if column.field in overtaken]
                raise RefusedError(
                    f"申請{identity}: 申請のあとに変わった項目があります（{'、'.join(headers)}）。差し戻してください"
                )
            values = {name: after for name, (_, after) in found.changes.items()}
            accepted = _merged(current, values | {"confirmed": intake.at.date()})
            _decide(book.connection, identity, RevisionState.ACCEPTED, intake)
            save_record(book.connection, book_run := book.begin(intake), accepted, current)
            book.close(book_run, {"revision": identity})
            return accepted

    def send_back(self, identity: int, reason: str, intake: Intake) -> Revision:
        """Send a proposal back; the reason is what the company will read."""
        if not reason.strip():
            raise RefusedError(f"申請{identity}: 差し戻しには理由が要ります")
        return self._close(identity, RevisionState.SENT_BACK, intake, reason.strip())

    def withdraw(self, identity: int, intake: Intake) -> Revision:
        """Take a proposal back: the company changed its mind."""
        return self._close(identity, RevisionState.WITHDRAWN, intake, "")

    def _close(self, identity: int, state: RevisionState, intake: Intake, reason: str) -> Revision:
        with writing(self._engine).begin() as connection:
            _decide(connection, identity, state, intake, reason)
            return _get(connection, identity)


def _get(connection: Connection, identity: int) -> Revision:
    row = connection.execute(select(revision).where(revision.c.id == identity)).first()
    if row is None:
        raise DataError(f"申請{identity}: この番号の変更申請はありません")
    return _revision(row)


def _revision(row: Row[Any]) -> Revision:
    changes = {name: (before, after) for name, (before, after) in orjson.loads(row.proposal).items()}
    return Revision(
        row.id,
        row.key,
        RevisionState(row.state),
        changes,
        row.proposed_at,
        row.proposed_by,
        row.decided_at,
        row.decided_by,
        row.reason,
    )


def _current(connection: Connection, key: str) -> CompanyRecord:
    text = connection.execute(select(profile.c.record).where(profile.c.key == key)).scalar()
    if text is None:
        raise DataError(f"{key}: この番号の会員はいません")
    return CompanyRecord.model_validate_json(text)


def _merged(current: CompanyRecord, values: Mapping[str, Any]) -> CompanyRecord:
    """Return a record with new values; None empties a field."""
    whole = {name: getattr(current, name) for name in CompanyRecord.model_fields}
    for name, value in values.items():
        if name not in CompanyRecord.model_fields:
            raise DataError(f"{name}: この名前の項目はありません")
        whole[name] = CompanyRecord.model_fields[name].get_default() if value is None else value
    try:
        return CompanyRecord.model_validate(whole)
    except ValidationError as error:
        fault = error.errors()[0]
        field = str(fault["loc"][0]) if fault["loc"] else ""
        header = next((column.header for column in COLUMNS if column.field == field), field)
        raise DataError(f"{header}: {fault['msg'].removeprefix('Value error, ')}") from None


def _overtaken(found: Revision, current: CompanyRecord) -> frozenset[str]:
    now = dumped(current)
    return frozenset(
        name for name, (before, after) in found.changes.items() if now.get(name) not in (before, after)
    )


def _withdraw_open(connection: Connection, key: str, at: datetime) -> None:
    connection.execute(
        update(revision)
        .where(revision.c.key == key, revision.c.state == RevisionState.PROPOSED.value)
        .values(
            state=RevisionState.WITHDRAWN.value,
            decided_at=at.isoformat(timespec="seconds"),
            reason="新しい申請に置き換えられました",
        )
    )


def _decide(
    connection: Connection, identity: int, state: RevisionState, intake: Intake, reason: str = ""
) -> None:
    """Move an open proposal to its end; of two deciders at once, one is refused."""
    decided = connection.execute(
        update(revision)
        .where(revision.c.id == identity, revision.c.state == RevisionState.PROPOSED.value)
        .values(
            state=state.value,
            decided_at=intake.at.isoformat(timespec="seconds"),
            decided_by=intake.who,
            reason=reason,
        )
    )
    if decided.rowcount != 1:
        found = _get(connection, identity)
        raise RefusedError(f"申請{identity}: もう決まっています（{found.state}）")
