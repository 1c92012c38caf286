"""Compares a member's sheet with the database row by row; applies it only when nothing is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Engine, select

from company_db.intake.columns import CLEAR, COLUMNS, cell_text
from company_db.intake.matching import Candidates
from company_db.intake.names import fold
from company_db.intake.table import SheetRow, SheetTable
from company_db.model import CompanyRecord
from company_db.runs import Intake
from company_db.store import CompanyStore, SaveReport
from company_db.tables import company
from generator.errors import ContentError, Problem, Severity

NEW = "新規"
"""What a sole proprietor without an id writes under 法人番号."""

_COLUMN_OF = {column.field: column for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that a row changes, as cells."""

    header: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What one row would do."""

    number: int
    name: str
    record: CompanyRecord | None  # None when the row has an error
    is_new: bool
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """What a sheet would do, and every problem in it."""

    rows: tuple[RowPlan, ...]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the sheet from being applied."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)


@dataclass(frozen=True, slots=True)
class _Registered:
    name: str
    kana: str
    municipality_code: str
    closed: str


class MembersIntake:
    """One sheet against one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._store = CompanyStore(engine)
        self._candidates: Candidates | None = None
        self._problems: list[Problem] = []
        self._sheet = ""

    def plan(self, table: SheetTable) -> SheetPlan:
        """Return what a sheet would do; nothing is changed."""
        self._sheet = table.name
        self._problems = list(table.problems)
        members = {record.key: record for record in self._store.records()}
        registered = self._registered()
        seen: dict[str, int] = {}
        own_ids = _fresh_own_ids(members)
        plans = []
        for row in table.rows:
            values = self._values(row)
            key = self._key(row, values, own_ids)
            if key in seen:
                message, mend = f"{seen[key]}行目と同じ番号です", "一社は一行にしてください"
                self._error(row, "key", row.cells.get("key", ""), message, mend)
            if key:
                seen.setdefault(key, row.number)
            plans.append(self._plan_row(row, key, values, (members.get(key), registered.get(key))))
        return SheetPlan(tuple(plans), tuple(sorted(self._problems)))

    def apply(self, plan: SheetPlan, intake: Intake) -> SaveReport:
        """Save every row in one transaction; ``ContentError`` with all problems when any is an error."""
        if plan.errors:
            raise ContentError(plan.errors)
        return self._store.save((row.record for row in plan.rows if row.record is not None), intake)

    def _plan_row(
        self,
        row: SheetRow,
        key: str,
        values: dict[str, Any],
        known: tuple[CompanyRecord | None, _Registered | None],
    ) -> RowPlan:
        before, registered = known
        name = row.cells.get("name", "") or (before.name if before else "")
        if not key:
            return RowPlan(row.number, name, None, False, ())
        if registered is not None:
            self._compare_with_register(row, values, registered)
        record = self._record(row, _base(key, before, registered) | values)
        if record is None:
            return RowPlan(row.number, name, None, before is None, ())
        return RowPlan(row.number, record.name, record, before is None, _differences(before, record))

    def _values(self, row: SheetRow) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for field, text in row.cells.items():
            if field == "key":
                continue
            if text == CLEAR:
                values[field] = CompanyRecord.model_fields[field].get_default()
                continue
            try:
                values[field] = _COLUMN_OF[field].read(text)
            except ValidationError as error:
                self._error(row, field, text, error.errors()[0]["msg"].removeprefix("Value error, "))
            except ValueError as error:
                self._error(row, field, text, str(error))
        return values

    def _key(self, row: SheetRow, values: Mapping[str, Any], own_ids: _OwnIds) -> str:
        text = row.cells.get("key", "")
        if text not in ("", NEW):
            try:
                return str(_COLUMN_OF["key"].read(text))
            except ValueError as error:
                self._error(row, "key", text, str(error))
                return ""
        candidates = self._candidates_of(values)
        offered = "、".join(map(str, candidates)) or "似た名前の企業はありません"
        if text == "":
            mend = f"候補: {offered}。個人の方で番号がなければ「{NEW}」と書いてください"
            self._error(row, "key", "", "法人番号がありません", mend)
            return ""
        if same := [found for found in candidates if fold(found.name) == fold(values.get("name", ""))]:
            message = f"同じ名前の企業がすでにあります（{same[0]}）"
            self._error(row, "key", text, message, "同じ企業ならその番号を書いてください")
            return ""
        return own_ids.next()

    def _candidates_of(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        if self._candidates is None:
            self._candidates = Candidates(self._engine)
        return self._candidates.of(
            values.get("name", ""),
            municipality=values.get("municipality_code", ""),
            address=values.get("address", ""),
        )

    def _record(self, row: SheetRow, values: dict[str, Any]) -> CompanyRecord | None:
        try:
            return CompanyRecord.model_validate(values)
        except ValidationError as error:
            for fault in error.errors():
                field = str(fault["loc"][0]) if fault["loc"] else "key"
                missing = fault["type"] in {"missing", "string_too_short"}
                message = "必須です" if missing else fault["msg"].removeprefix("Value error, ")
                if fault["type"] == "string_pattern_mismatch":
                    message = "形が違います"
                self._error(row, field, row.cells.get(field, ""), message)
            return None

    def _compare_with_register(
        self, row: SheetRow, values: Mapping[str, Any], registered: _Registered
    ) -> None:
        name = values.get("name", "")
        if name and fold(name) != fold(registered.name):
            message = f"法人番号の登記名は「{registered.name}」です"
            self._warn(row, "name", name, message, "番号の書き間違いでないか確かめてください")
        if registered.closed:
            message = f"この法人は{registered.closed}に閉鎖しています"
            self._warn(row, "key", row.cells.get("key", ""), message, "一覧には出ません")

    def _registered(self) -> dict[str, _Registered]:
        query = select(
            company.c.key, company.c.name, company.c.kana, company.c.municipality_code, company.c.closed
        ).where(company.c.registry_date != "")
        with self._engine.connect() as connection:
            return {row[0]: _Registered(*row[1:]) for row in connection.execute(query)}

    def _error(self, row: SheetRow, field: str, value: str, message: str, mend: str = "") -> None:
        self._note(row, field, value, message, mend, Severity.ERROR)

    def _warn(self, row: SheetRow, field: str, value: str, message: str, mend: str) -> None:
        self._note(row, field, value, message, mend, Severity.WARNING)

    def _note(
        self, row: SheetRow, field: str, value: str, message: str, mend: str, severity: Severity
    ) -> None:
        header = _COLUMN_OF[field].header if field in _COLUMN_OF else field
        self._problems.append(Problem(self._sheet, row.number, header, value, message, mend, severity))


class _OwnIds:
    def __init__(self, last: int) -> None:
        self._last = last

    def next(self) -> str:
        from company_db.corporate_number import own_id

        self._last += 1
        return own_id(self._last)


def _fresh_own_ids(members: Mapping[str, CompanyRecord]) -> _OwnIds:
    return _OwnIds(max((int(key[1:]) for key in members if key.startswith("k")), default=0))


def _base(key: str, before: CompanyRecord | None, registered: _Registered | None) -> dict[str, Any]:
    if before is not None:
        return {name: getattr(before, name) for name in CompanyRecord.model_fields}
    if registered is None:
        return {"key": key}
    known = {
        "name": registered.name,
        "kana": registered.kana,
        "municipality_code": registered.municipality_code,
    }
    return {"key": key} | {name: value for name, value in known.items() if value}


def _differences(before: CompanyRecord | None, after: CompanyRecord) -> tuple[Difference, ...]:
    found = []
    for column in COLUMNS:
        old = cell_text(before, column) if before else ""
        new = cell_text(after, column)
        if old != new:
            found.append(Difference(column.header, old, new))
    return tuple(found)
