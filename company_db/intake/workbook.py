"""Reads an XLSX: the values of each sheet, and what makes a row untrustworthy (merged, hidden, formula)."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from generator.errors import DataError

MAX_UNPACKED_BYTES = 200_000_000
MAX_RATIO = 200  # a sheet of text packs 10 to 30 to one

_HIDDEN_ROW = re.compile(rb'<row\b[^>]*?\br="(\d+)"[^>]*?\bhidden="(?:1|true)"')
_MERGED = re.compile(rb'<mergeCell\b[^>]*?\bref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_FORMULA = re.compile(rb'<c\b[^>]*?\br="([A-Z]+)(\d+)"[^>]*>\s*<f\b')

Fault = tuple[int, str, str, str]
"""Row, column, what is wrong, what to do."""


_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError, KeyError)
"""What reading a part of a damaged or locked container raises."""


@dataclass(frozen=True)
class Grid:
    """One sheet's values from its first row on, and its faults."""

    rows: list[list[object]]
    faults: tuple[Fault, ...]


def load_workbook(path: Path) -> dict[str, Grid]:
    """Read every visible sheet; ``DataError`` for a bomb, a broken file, or another kind of zip."""
    data = path.read_bytes()
    try:
        parts = _sheet_parts(path.name, data)
    except _BROKEN_ZIP as error:
        raise DataError(f"{path.name}: 壊れているか、パスワードつきです（{type(error).__name__}）") from None
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows = {
            at: workbook.get_sheet_by_index(at).to_python(skip_empty_area=False)
            for at, sheet in enumerate(workbook.sheets_metadata)
            if sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet
        }
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(f"{path.name}: XLSXとして読めません（{error}）") from None
    names = workbook.sheet_names
    return {names[at]: Grid([list(row) for row in found], _faults(parts[at])) for at, found in rows.items()}


def _sheet_parts(name: str, data: bytes) -> list[bytes]:
    """Return the sheets' raw XML in workbook order; sizes are watched while unpacking, not believed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        stated = sum(info.file_size for info in infos)
        if stated > MAX_UNPACKED_BYTES or stated > MAX_RATIO * max(len(data), 1) or len(infos) > 5_000:
            raise DataError(f"{name}: 展開すると大きすぎます。開かずにやめました")
        names = {info.filename for info in infos}
        if "xl/workbook.xml" not in names:
            raise DataError(f"{name}: XLSXではありません（ほかの種類のzipです）")
        found = []
        for sheet in _sheet_names(archive):
            with archive.open(sheet) as file:
                xml = file.read(MAX_UNPACKED_BYTES + 1)
            if len(xml) > MAX_UNPACKED_BYTES:
                raise DataError(f"{name}: 展開すると大きすぎます。開かずにやめました")
            found.append(xml)
        return found


def _sheet_names(archive: zipfile.ZipFile) -> list[str]:
    """Return the sheets' parts as the workbook orders them; the numbers in their names follow another order."""
    relations = archive.read("xl/_rels/workbook.xml.rels").decode()
    targets = {
        _attribute(element, "Id"): _attribute(element, "Target")
        for element in re.findall(r"<Relationship\b[^>]*>", relations)
    }
    sheets = re.findall(r"<sheet\b[^>]*>", archive.read("xl/workbook.xml").decode())
    return [_part(targets.get(_attribute(sheet, r"\w+:id"), "")) for sheet in sheets]


def _attribute(element: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', element)
    return found[1] if found else ""


def _part(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _faults(xml: bytes) -> tuple[Fault, ...]:
    faults: list[Fault] = [
        (int(row), "", "行が隠れています", "表示するか、行を削除してください")
        for row in _HIDDEN_ROW.findall(xml)
    ]
    for left, top, right, bottom in _MERGED.findall(xml):
        reference = f"{left.decode()}{int(top)}:{right.decode()}{int(bottom)}"
        faults.append(
            (int(top), reference, "セルが結合されています", "結合を解いて、それぞれに値を書いてください")
        )
    for column, row in _FORMULA.findall(xml):
        faults.append(
            (int(row), f"{column.decode()}{int(row)}", "数式のセルです", "値だけを貼り付けてください")
        )
    return tuple(faults)
