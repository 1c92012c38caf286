"""Writes the enterprise database: every change has its run (when, who, source) and its before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson
import xxhash
from sqlalchemy import Connection, Engine, insert, select, update

from company_db import publication
from company_db.model import CompanyRecord
from company_db.runs import Intake, open_runs
from company_db.tables import company, history, profile, run

DIGESTED = (
    "kind",
    "name",
    "kana",
    "name_en",
    "prefecture_code",
    "municipality_code",
    "postal_code",
    "address",
    "address_en",
    "closed",
    "close_cause",
    "successor",
    "hidden",
    "listable",
)
"""The public columns of a company row, in the order in which they are hashed."""


@dataclass(frozen=True, slots=True)
class SaveReport:
    """What saving did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change of one field."""

    at: str
    who: str
    source: str
    field: str
    before: str
    after: str


def company_digest(values: Mapping[str, Any]) -> str:
    """Return the digest of a company row's public columns."""
    return xxhash.xxh3_64_hexdigest("\x1f".join(str(values[name]) for name in DIGESTED).encode())


class CompanyStore:
    """Members' records in the enterprise database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(self, records: Iterable[CompanyRecord], intake: Intake) -> SaveReport:
        """Add or change members in one transaction; records that say nothing new change nothing."""
        added = changed = unchanged = 0
        with open_runs(self._engine) as book:
            identity = book.begin(intake)
            known = _all_records(book.connection)
            for record in records:
                before = known.get(record.key)
                if before == record:
                    unchanged += 1
                    continue
                save_record(book.connection, identity, record, before)
                known[record.key] = record
                added, changed = (added + 1, changed) if before is None else (added, changed + 1)
            report = SaveReport(added, changed, unchanged)
            if added + changed:
                book.close(identity, asdict(report))
            else:
                book.drop(identity)
        return report

    def find(self, key: str) -> CompanyRecord | None:
        """Return a member's full record (staff only)."""
        with self._engine.connect() as connection:
            text = connection.execute(select(profile.c.record).where(profile.c.key == key)).scalar()
        return None if text is None else CompanyRecord.model_validate_json(text)

    def records(self) -> tuple[CompanyRecord, ...]:
        """Return every member's full record in key order (staff only)."""
        with self._engine.connect() as connection:
            return tuple(_all_records(connection).values())

    def history(self, key: str) -> tuple[HistoryEntry, ...]:
        """Return every change of one company, oldest first."""
        columns = (run.c.at, run.c.who, run.c.source, history.c.field, history.c.before, history.c.after)
        query = select(*columns).join_from(history, run).where(history.c.key == key).order_by(history.c.id)
        with self._engine.connect() as connection:
            return tuple(HistoryEntry(*row) for row in connection.execute(query))


def _all_records(connection: Connection) -> dict[str, CompanyRecord]:
    rows = connection.execute(select(profile.c.key, profile.c.record).order_by(profile.c.key))
    return {key: CompanyRecord.model_validate_json(text) for key, text in rows}


def save_record(
    connection: Connection, identity: int, record: CompanyRecord, before: CompanyRecord | None
) -> None:
    """Write one member inside a run, with the history of every field that changes."""
    _touch_company(connection, identity, record)
    values = _profile_values(record)
    if before is None:
        connection.execute(insert(profile).values(key=record.key, **values))
    else:
        connection.execute(update(profile).where(profile.c.key == record.key).values(**values))
    if changes := list(_changes(before, record)):
        connection.execute(
            insert(history),
            [
                {"run": identity, "key": record.key, "field": f, "before": b, "after": a}
                for f, b, a in changes
            ],
        )


def _touch_company(connection: Connection, identity: int, record: CompanyRecord) -> None:
    row = connection.execute(select(company.c.registry_date).where(company.c.key == record.key)).first()
    if row is not None and row.registry_date:
        connection.execute(update(company).where(company.c.key == record.key).values(seq=identity))
        return
    values = {
        "kind": "",
        "name": record.name,
        "kana": record.kana,
        "name_en": record.name_en,
        "prefecture_code": record.municipality_code[:2],
        "municipality_code": record.municipality_code,
        "postal_code": "",
        "address": "",
        "address_en": "",
        "closed": "",
        "close_cause": "",
        "successor": "",
        "hidden": False,
        "listable": False,
    }
    values |= {"digest": company_digest(values), "seq": identity}
    if row is None:
        connection.execute(insert(company).values(key=record.key, **values))
    else:
        connection.execute(update(company).where(company.c.key == record.key).values(**values))


def _profile_values(record: CompanyRecord) -> dict[str, Any]:
    shown = publication.public_view(record)
    return {
        "record": orjson.dumps(dumped(record), option=orjson.OPT_SORT_KEYS).decode(),
        "listed": record.listed,
        "name": shown.name,
        "kana": shown.kana,
        "name_en": shown.name_en,
        "postal_code": shown.postal_code,
        "address": shown.address,
        "municipality_code": shown.municipality_code,
        "industries": " ".join(shown.industries),
        "confirmed": shown.confirmed.isoformat() if shown.confirmed else "",
        "digest": publication.profile_digest(shown),
    }


def dumped(record: CompanyRecord) -> dict[str, Any]:
    """Return a record as JSON values, without the fields that are as empty as a new record's."""
    values = record.model_dump(mode="json", exclude_defaults=True)
    if "consent" in values:
        values["consent"] = sorted(values["consent"])
    return values


def _changes(before: CompanyRecord | None, after: CompanyRecord) -> Iterator[tuple[str, str, str]]:
    old = dumped(before) if before else {}
    new = dumped(after)
    for name in CompanyRecord.model_fields:
        if old.get(name) != new.get(name):
            yield name, _text(old.get(name)), _text(new.get(name))


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
