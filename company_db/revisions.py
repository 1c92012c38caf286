"""Revisions (変更申請): a company's own proposal, compared, then accepted or sent back with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from pydantic import ValidationError
from sqlalchemy import Connection, Engine, insert, select, update

from company_db.audit import Act, note
from company_db.comparison import ProposedChange, compare, header_of, overtaken_fields
from company_db.model import CompanyRecord
from company_db.photos import sweep
from company_db.revision import Revision, RevisionState, changes_of, revision_of
from company_db.runs import Intake, open_runs
from company_db.store import dumped, save_record
from company_db.tables import photo, profile, revision
from generator.errors import DataError, RefusedError
from generator.storage.database import writing

OFFICE_FIELDS = frozenset({"key", "listed", "registered", "confirmed", "notes", "subsidies"})
"""What a company cannot change itself."""


class Revisions:
    """The proposals of all companies."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def propose(
        self, key: str, values: Mapping[str, Any], *, at: datetime, by: str, language: str = "ja"
    ) -> Revision:
        """Store a proposal: the new value of each field, as ``CompanyRecord`` takes it.

        No difference at all is a proposal too: the company confirms its page. An earlier proposal of the same
        company that is still open is withdrawn; the same proposal again is the open one. ``DataError`` names the
        first field that is wrong.
        """
        if forbidden := OFFICE_FIELDS & values.keys():
            raise RefusedError(f"{'、'.join(sorted(forbidden))}: この項目は機構だけが変えられます")
        with writing(self._engine).begin() as connection:
            connection.execute(select(profile.c.key).where(profile.c.key == key).with_for_update())
            current = _current(connection, key)
            merged = _merged(current, values)
            _check_photos(connection, merged)
            proposed, before = dumped(merged), dumped(current)
            changes = {
                name: [before.get(name), proposed.get(name)]
                for name in CompanyRecord.model_fields
                if before.get(name) != proposed.get(name)
            }
            text = orjson.dumps(changes).decode()
            if (same := _latest(connection, key)) and same.state is RevisionState.PROPOSED:
                if same.changes == changes_of(text):
                    return same
                _withdraw_open(connection, same.id, key, at)
            row = {
                "key": key,
                "proposal": text,
                "state": RevisionState.PROPOSED.value,
                "proposed_at": at.isoformat(timespec="seconds"),
                "proposed_by": by,
                "language": language,
            }
            identity = connection.execute(
                insert(revision).values(**row).returning(revision.c.id)
            ).scalar_one()
            note(connection, Act.PROPOSED, key, at, identity)
            return _get(connection, identity)

    def find_unaccepted(self, key: str) -> tuple[Revision, CompanyRecord] | None:
        """Return a company's newest proposal and the record it would make, while it waits or was sent back.

        Fields that the office changed since stay as they are now.
        """
        with self._engine.connect() as connection:
            found = _latest(connection, key)
            if found is None or found.state not in _UNACCEPTED:
                return None
            try:
                current = _current(connection, key)
                overtaken = overtaken_fields(current, found.changes)
                asked = {name: value for name, value in _after(found).items() if name not in overtaken}
                return found, _merged(current, asked)
            except DataError:  # it does not fit what stands now
                return None

    def is_spent(self, by: str) -> bool:
        """Say whether a proposal of this proposer was decided: a link carries one proposal to its end."""
        decided = revision.c.state.in_((RevisionState.ACCEPTED.value, RevisionState.SENT_BACK.value))
        query = select(revision.c.id).where(revision.c.proposed_by == by, decided).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(query).first() is not None

    def open(self) -> tuple[Revision, ...]:
        """Return the proposals that wait for staff, oldest first."""
        query = (
            select(revision).where(revision.c.state == RevisionState.PROPOSED.value).order_by(revision.c.id)
        )
        with self._engine.connect() as connection:
            return tuple(map(revision_of, connection.execute(query)))

    def get(self, identity: int) -> Revision:
        """Return one proposal; ``DataError`` when there is none of this id."""
        with self._engine.connect() as connection:
            return _get(connection, identity)

    def compare(self, identity: int) -> tuple[ProposedChange, ...]:
        """Return a proposal's changes as cells beside what stands now."""
        with self._engine.connect() as connection:
            found = _get(connection, identity)
            current = _current(connection, found.key)
        return compare(current, _merged(current, _after(found)), found.changes)

    def accept(self, identity: int, intake: Intake) -> CompanyRecord:
        """Apply a proposal and note the day as 最終確認日.

        ``RefusedError`` when it is not open any more, or when a field of it was changed by someone else since.
        """
        with open_runs(self._engine) as book:
            found = _get(book.connection, identity)
            current = _current(book.connection, found.key)
            if overtaken := overtaken_fields(current, found.changes):
                headers = [header_of(name) for name in found.changes if name in overtaken]
                raise RefusedError(
                    f"申請{identity}: 申請のあとに変わった項目があります（{'、'.join(headers)}）。差し戻してください"
                )
            accepted = _merged(current, _after(found) | {"confirmed": intake.at.date()})
            _check_photos(book.connection, accepted)
            _decide(book.connection, identity, RevisionState.ACCEPTED, intake)
            save_record(book.connection, book_run := book.begin(intake), accepted, current)
            book.close(book_run, {"revision": identity})
            sweep(book.connection, found.key, intake.at)
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


_UNACCEPTED = frozenset({RevisionState.PROPOSED, RevisionState.SENT_BACK})


def _after(found: Revision) -> dict[str, Any]:
    return {name: after for name, (_, after) in found.changes.items()}


def _check_photos(connection: Connection, record: CompanyRecord) -> None:
    """Refuse a photo that is not kept for this very company."""
    wanted = {part.digest for part in record.photos}
    query = select(photo.c.digest).where(photo.c.key == record.key, photo.c.digest.in_(wanted))
    if wanted - set(connection.execute(query).scalars()):
        raise DataError("写真: 見つからない写真があります。もう一度選んでください")


def _latest(connection: Connection, key: str) -> Revision | None:
    query = select(revision).where(revision.c.key == key).order_by(revision.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else revision_of(row)


def _get(connection: Connection, identity: int) -> Revision:
    row = connection.execute(select(revision).where(revision.c.id == identity)).first()
    if row is None:
        raise DataError(f"申請{identity}: この番号の変更申請はありません")
    return revision_of(row)


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
        raise DataError(f"{header_of(field)}: {fault['msg'].removeprefix('Value error, ')}") from None


def _withdraw_open(connection: Connection, identity: int, key: str, at: datetime) -> None:
    connection.execute(
        update(revision)
        .where(revision.c.id == identity)
        .values(
            state=RevisionState.WITHDRAWN.value,
            decided_at=at.isoformat(timespec="seconds"),
            reason="新しい申請に置き換えられました",
        )
    )
    note(connection, Act.WITHDRAWN, key, at, identity)


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
    found = _get(connection, identity)
    if decided.rowcount == 1:
        note(connection, Act(state.value), found.key, intake.at, identity)
    else:
        raise RefusedError(f"申請{identity}: もう決まっています（{found.state}）")
