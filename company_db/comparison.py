"""What a proposal would change, as staff compare it: cells before and after, and what changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from company_db.intake.columns import COLUMNS, Column, cell_text
from company_db.model import CompanyRecord
from company_db.store import dumped

_BY_FIELD: Mapping[str, Column] = {column.field: column for column in COLUMNS}
_NOT_IN_SHEETS = {
    "photos": "写真",
    "subsidies": "補助金の採択",
    "kind": "法人種別",
    "name_image": "外字の画像",
    "prefecture_code": "都道府県",
    "closed": "閉鎖の日",
    "close_cause": "閉鎖の事由",
    "successor": "承継先",
    "hidden": "検索対象除外",
    "listable": "一覧への掲載",
}


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """One field of a proposal; ``overtaken``: it was changed since by someone else."""

    field: str
    header: str
    before: str
    after: str
    overtaken: bool


def compare(
    current: CompanyRecord, proposed: CompanyRecord, changes: Mapping[str, tuple[Any, Any]]
) -> tuple[ProposedChange, ...]:
    """Return each field that a proposal changes, as cells beside what stands now."""
    overtaken = overtaken_fields(current, changes)
    return tuple(
        ProposedChange(name, header_of(name), _cell(current, name), _cell(proposed, name), name in overtaken)
        for name in changes
    )


def overtaken_fields(current: CompanyRecord, changes: Mapping[str, tuple[Any, Any]]) -> frozenset[str]:
    """Return the fields whose value is now neither what the proposal saw nor what it asks for."""
    now = dumped(current)
    return frozenset(name for name, values in changes.items() if now.get(name) not in values)


def header_of(name: str) -> str:
    """Return the Japanese name of a field."""
    return _BY_FIELD[name].header if name in _BY_FIELD else _NOT_IN_SHEETS.get(name, name)


def kept_cell(name: str, text: str) -> str:
    """Return a value of the history as its cell; what the field no longer takes stays as it was kept."""
    column = _BY_FIELD.get(name)
    if column is None or not text:
        return text
    field = TypeAdapter(CompanyRecord.model_fields[name].rebuild_annotation())
    for read in (field.validate_python, field.validate_json):  # texts are kept bare, all else as JSON
        with suppress(ValidationError):
            return column.write(read(text))
    return text


def _cell(record: CompanyRecord, name: str) -> str:
    """Return a field as its cell; a photo is told by its words, size and the beginning of its digest."""
    if name == "photos":
        return "\n".join(
            f"{photo.alt}（英語: {photo.alt_en or 'なし'}、{photo.width}×{photo.height}、{photo.digest[:8]}）"
            for photo in record.photos
        )
    return cell_text(record, _BY_FIELD[name]) if name in _BY_FIELD else str(getattr(record, name))
