"""Reads a sheet, CSV or XLSX, into rows of text under known columns; whatever cannot be trusted is a problem."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from company_db.intake.columns import Column, find_column
from company_db.intake.workbook import load_workbook
from generator.errors import DataError, Problem, Severity

MAX_FILE_BYTES = 20_000_000
MAX_ROWS = 20_000
HEADER_WITHIN = 10  # rows; a title and notes may stand above the header


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One filled row: its number in the file and its cells by field, empty ones left out."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class SheetTable:
    """A sheet whose header was understood."""

    name: str
    columns: dict[int, Column]
    rows: tuple[SheetRow, ...]
    problems: tuple[Problem, ...] = field(default=())


def load_table(path: Path, *, sheet: str = "") -> SheetTable:
    """Read a member's sheet; ``DataError`` for a file that is none."""
    if not path.is_file():
        raise DataError(f"{path}: ファイルがありません")
    size = path.stat().st_size
    if size == 0:
        raise DataError(f"{path.name}: 空のファイルです")
    if size > MAX_FILE_BYTES:
        raise DataError(
            f"{path.name}: 大きすぎます（{size // 1_000_000} MB、上限 {MAX_FILE_BYTES // 1_000_000} MB）"
        )
    data = path.read_bytes()
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataError(f"{path.name}: 古い形式（.xls）かパスワードつきです。.xlsx で保存し直してください")
    if zipfile.is_zipfile(io.BytesIO(data)):
        return _from_workbook(path, sheet)
    return _table(path.name, list(_csv_rows(path.name, data)), ())


def _from_workbook(path: Path, wanted: str) -> SheetTable:
    sheets = {name: grid for name, grid in load_workbook(path).items() if wanted in ("", name)}
    if not sheets:
        raise DataError(f"{path.name}: 「{wanted}」というシートがありません")
    found = {name: grid for name, grid in sheets.items() if _header_place(grid.rows) is not None}
    if len(found) > 1:
        raise DataError(
            f"{path.name}: 企業の表が{len(found)}枚あります（{'、'.join(found)}）。--sheet で選んでください"
        )
    name, grid = next(iter(found.items() or sheets.items()))
    label = f"{path.name}（{name}）"
    return _table(label, grid.rows, tuple(Problem(label, n, c, "", m, mend) for n, c, m, mend in grid.faults))


def _csv_rows(name: str, data: bytes) -> Iterator[list[str]]:
    if b"\0" in data:
        raise DataError(f"{name}: CSVでもXLSXでもありません")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise DataError(f"{name}: 文字が読めません。UTF-8かShift_JISのCSVで保存し直してください")
    delimiter = "\t" if text.partition("\n")[0].count("\t") > text.partition("\n")[0].count(",") else ","
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise DataError(f"{name}: 引用符が閉じていません（{error}）") from None


def _header_place(rows: Sequence[Sequence[object]]) -> int | None:
    for place, row in enumerate(rows[:HEADER_WITHIN]):
        fields = {column.field for cell in row if (column := find_column(_text(cell)))}
        if fields & {"key", "name"} and len(fields) > 1:
            return place
    return None


def _table(name: str, rows: Sequence[Sequence[object]], faults: tuple[Problem, ...]) -> SheetTable:
    place = _header_place(rows)
    if place is None:
        raise DataError(
            f"{name}: 企業の表ではありません。「法人番号」「名称」などの見出しの行がありません（koho companies template で雛形が作れます）"
        )
    if len(rows) > MAX_ROWS:
        raise DataError(f"{name}: {len(rows)}行あります（上限 {MAX_ROWS}行）")
    columns, problems = _columns(name, rows[place], place + 1)
    found = []
    for number, row in enumerate(rows[place + 1 :], start=place + 2):
        cells = {
            columns[at].field: text for at, cell in enumerate(row) if at in columns and (text := _text(cell))
        }
        if cells:
            found.append(SheetRow(number, cells))
    if not found:
        raise DataError(f"{name}: 見出しの下に行がありません")
    below = (fault for fault in faults if fault.line > place + 1)
    return SheetTable(name, columns, tuple(found), (*problems, *below))


def _columns(name: str, header: Sequence[object], line: int) -> tuple[dict[int, Column], list[Problem]]:
    columns: dict[int, Column] = {}
    problems = []
    for place, cell in enumerate(header):
        text = _text(cell)
        column = find_column(text)
        if column is None and text:
            message, mend = "知らない見出しです。この列は読みません", "雛形の見出しにしてください"
            problems.append(Problem(name, line, text, "", message, mend, Severity.WARNING))
        elif column in columns.values() and column is not None:
            problems.append(Problem(name, line, text, "", "同じ項目の列が二つあります", "一つにしてください"))
        elif column is not None:
            columns[place] = column
    return columns, problems


def _text(cell: object) -> str:
    """Return a cell as text: a whole number that a spreadsheet holds as a float loses its ``.0`` again."""
    match cell:
        case None:
            return ""
        case bool():
            return "はい" if cell else "いいえ"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case _:
            return re.sub(r"\r\n?", "\n", str(cell)).strip()
