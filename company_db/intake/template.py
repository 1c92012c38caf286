"""Writes the sheet that members fill in: empty, or with what is known of one company; choices as drop-downs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from company_db.classification import codes
from company_db.intake.columns import CLEAR, COLUMNS, cell_text
from company_db.model import CompanyRecord

SHEET = "企業"
LISTS = "一覧"
GUIDE = "書き方"
ROWS = 500  # rows with drop-downs

_WITHIN_A_CELL = {"材質": codes.materials, "ロット": codes.lots}
"""Codes that stand in the middle of a cell: to be looked up, for no drop-down reaches there."""


def write_template(path: Path, record: CompanyRecord | None = None) -> None:
    """Write the sheet; staff fields of a pre-filled one are left out, for it goes to the company."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101  # openpyxl's own promise for a new workbook
    sheet.title = SHEET
    _write_header(sheet)
    if record is not None:
        for place, column in enumerate(COLUMNS, start=1):
            if column.field != "notes":
                sheet.cell(2, place, cell_text(record, column) or None).number_format = "@"
    _write_choices(sheet, book.create_sheet(LISTS))
    _write_guide(book.create_sheet(GUIDE))
    neighbour = path.with_name(f".{path.name}.tmp")
    book.save(neighbour)
    neighbour.replace(path)


def _write_header(sheet: Worksheet) -> None:
    sheet.freeze_panes = "C2"
    for place, column in enumerate(COLUMNS, start=1):
        cell = sheet.cell(1, place, column.header)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E3EEF7")
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = max(12, 2.2 * len(column.header))
        for number in range(2, ROWS + 2):
            filled = sheet.cell(number, place)
            filled.number_format = "@"  # as text: no number loses its zeros
            filled.alignment = Alignment(wrap_text=True, vertical="top")


def _write_choices(sheet: Worksheet, lists: Worksheet) -> None:
    listed = [(place, column) for place, column in enumerate(COLUMNS, start=1) if column.choices]
    for at, (place, column) in enumerate(listed, start=1):
        _write_list(lists, at, column.header, column.choices)
        letter = get_column_letter(at)
        rule = DataValidation(
            "list",
            formula1=f"'{LISTS}'!${letter}$2:${letter}${len(column.choices) + 1}",
            allow_blank=True,
            showErrorMessage=not column.hint,
        )
        rule.add(f"{get_column_letter(place)}2:{get_column_letter(place)}{ROWS + 1}")
        sheet.add_data_validation(rule)
    for at, (name, entries) in enumerate(_WITHIN_A_CELL.items(), start=len(listed) + 1):
        _write_list(lists, at, name, [entry.ja for entry in entries().values()])


def _write_list(lists: Worksheet, at: int, name: str, choices: Sequence[str]) -> None:
    lists.column_dimensions[get_column_letter(at)].width = 24
    for number, text in enumerate((f"{name}の一覧", *choices), start=1):
        lists.cell(number, at, text)


def _write_guide(guide: Worksheet) -> None:
    guide.append(["項目", "書き方"])
    for column in COLUMNS:
        if column.hint:
            guide.append([column.header, column.hint])
    guide.append(["選べる言葉", f"「{LISTS}」のシートにあります（加工方法・材質・ロット・認証も）"])
    guide.append(["すべての項目", f"空のままの欄は変えません。消すときは {CLEAR} と書いてください"])
    guide.column_dimensions["A"].width = 24
    guide.column_dimensions["B"].width = 90
