"""The edit form of one company: its record as inputs, and the inputs as the values of a revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from company_db.intake.columns import COLUMNS, Column, cell_text
from company_db.model import PUBLISHABLE_FIELDS, CompanyRecord
from company_db.revisions import OFFICE_FIELDS
from generator.forms.fields import FieldError, has_controls

BLANK_ROWS = 2
MOST_ROWS = 40
LONG = frozenset(
    {
        "business",
        "business_en",
        "pr",
        "pr_en",
        "customers",
        "patents",
        "strengths",
        "industries",
        "languages",
        "export_countries",
    }
)
_BY_FIELD: Mapping[str, Column] = {column.field: column for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Part:
    """One input of a row."""

    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the form: its title, plain fields, and tables of rows."""

    title: str
    fields: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


ROW_PARTS: Mapping[str, tuple[Part, ...]] = {
    "capabilities": (
        Part("加工方法", "例 旋削"),
        Part("材質", "例 ステンレス、アルミ"),
        Part("最大サイズ", "例 1200×800×600 mm"),
        Part("最小サイズ"),
        Part("精度", "例 ±0.005 mm"),
        Part("ロット", "例 試作、小ロット"),
        Part("最小数", "個"),
    ),
    "equipment": (
        Part("名称"),
        Part("メーカー"),
        Part("型式"),
        Part("台数"),
        Part("能力"),
        Part("検査設備なら「検査」"),
        Part("英語名"),
    ),
    "certifications": (Part("認証", "例 ISO 9001"), Part("番号"), Part("有効期限", "例 2026-03-31")),
    "products": (
        Part("名称"),
        Part("英語名"),
        Part("製造・販売・サービス"),
        Part("説明"),
        Part("説明（英語）"),
    ),
}
SECTIONS = (
    Section(
        "会社の基本",
        (
            "name",
            "kana",
            "name_en",
            "representative",
            "postal_code",
            "address",
            "address_en",
            "municipality_code",
            "factory_address",
            "telephone",
            "url",
            "founded",
            "capital_yen",
            "employees",
            "industries",
        ),
    ),
    Section(
        "つくれるもの",
        ("headline", "headline_en", "business", "business_en", "strengths"),
        ("capabilities", "products"),
    ),
    Section("設備と認証", (), ("equipment", "certifications")),
    Section("実績とPR", ("customers", "patents", "pr", "pr_en")),
    Section("海外と受注", ("languages", "export_countries", "accepts_orders")),
    Section("担当者（公開しません）", ("contact_person", "contact_email")),
)


def form_of(record: CompanyRecord) -> dict[str, str]:
    """Return the inputs that show a record."""
    typed = {name: cell_text(record, _BY_FIELD[name]) for section in SECTIONS for name in section.fields}
    for table, parts in ROW_PARTS.items():
        rows = cell_text(record, _BY_FIELD[table]).splitlines()
        typed[f"{table}-rows"] = str(min(len(rows) + BLANK_ROWS, MOST_ROWS))
        for i, line in enumerate(rows):
            typed |= {f"{table}-{i}-{j}": value for j, value in enumerate(line.split("｜")[: len(parts)])}
    return typed | {f"show-{name}": "yes" for name in record.consent}


def more_rows(typed: Mapping[str, str], table: str) -> dict[str, str]:
    """Return the inputs with more empty rows in one table."""
    return {**typed, f"{table}-rows": str(min(row_count(typed, table) + 3, MOST_ROWS))}


def row_count(typed: Mapping[str, str], table: str) -> int:
    """Return how many rows a table shows."""
    written = typed.get(f"{table}-rows", "")
    return min(int(written), MOST_ROWS) if written.isdecimal() and len(written) < 4 else BLANK_ROWS


def read_form(
    typed: Mapping[str, str], current: CompanyRecord
) -> tuple[dict[str, Any], CompanyRecord | None, list[FieldError]]:
    """Read the inputs: the values of a revision, the record it would make, and what must be mended."""
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for section in SECTIONS:
        for name in section.fields:
            _read_field(name, typed.get(name, "").replace("\r\n", "\n").strip(), values, errors)
        for table in section.tables:
            values[table] = _read_rows(table, typed, errors)
    values["consent"] = frozenset(name for name in PUBLISHABLE_FIELDS if typed.get(f"show-{name}") == "yes")
    proposed = None if errors else _checked(current, values, errors)
    return (
        {name: (sorted(value) if name == "consent" else value) for name, value in values.items()},
        proposed,
        errors,
    )


def consent_choices() -> list[tuple[str, str]]:
    """Return the fields whose publication a company chooses, with their Japanese names."""
    return [
        (column.field, column.header)
        for column in COLUMNS
        if column.field in PUBLISHABLE_FIELDS - OFFICE_FIELDS
    ]


def _read_field(name: str, text: str, values: dict[str, Any], errors: list[FieldError]) -> None:
    column = _BY_FIELD[name]
    if has_controls(text, lines=name in LONG) or len(text) > (4_000 if name in LONG else 300):
        errors.append(FieldError(name, f"{column.header}が長すぎるか、使えない文字があります"))
        return
    try:
        values[name] = column.read(text) if text else None
    except ValueError as error:
        errors.append(FieldError(name, f"{column.header}: {error}"))


def _read_rows(table: str, typed: Mapping[str, str], errors: list[FieldError]) -> tuple[Any, ...]:
    column, found = _BY_FIELD[table], []
    for i in range(row_count(typed, table)):
        cells = [typed.get(f"{table}-{i}-{j}", "") for j in range(len(ROW_PARTS[table]))]
        cells = [" ".join(cell.replace("｜", "／").replace("|", "／").split()) for cell in cells]
        if not any(cells):
            continue
        try:
            found += column.read("｜".join(map(_clean_cell, cells)))
        except ValueError as error:
            words = str(error.errors()[0]["msg"]) if isinstance(error, ValidationError) else str(error)
            errors.append(
                FieldError(
                    f"{table}-{i}-0", f"{column.header}の{i + 1}行目: {words.removeprefix('Value error, ')}"
                )
            )
    return tuple(found)


def _clean_cell(cell: str) -> str:
    if has_controls(cell) or len(cell) > 300:
        raise ValueError("長すぎるか、使えない文字があります")
    return cell


def _checked(
    current: CompanyRecord, values: Mapping[str, Any], errors: list[FieldError]
) -> CompanyRecord | None:
    whole = {name: getattr(current, name) for name in CompanyRecord.model_fields}
    for name, value in values.items():
        whole[name] = CompanyRecord.model_fields[name].get_default() if value is None else value
    try:
        return CompanyRecord.model_validate(whole)
    except ValidationError as error:
        for fault in error.errors():
            name = str(fault["loc"][0]) if fault["loc"] else "name"
            header = _BY_FIELD[name].header if name in _BY_FIELD else name
            errors.append(FieldError(name, f"{header}: 書き方を確かめてください"))
        return None
