"""Sheets in every form that arrives by mail, and files that are no sheet."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from company_db.intake import table
from company_db.intake.table import load_table
from generator.errors import DataError

HEADER = ["法人番号", "名称", "市町村", "電話番号"]
ROW = ["4011001098993", "見本精機株式会社", "水戸市", "029-000-0001"]


def save(path: Path, *rows: list[Any], shape: Callable[[Any], None] = lambda _sheet: None) -> Path:
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    shape(sheet)
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_csv_is_read_in_unicode_and_shift_jis(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "members.csv"
    path.write_bytes("法人番号,名称,市町村\n4011001098993,㈱髙﨑精機,水戸市\n".encode(encoding))
    (row,) = load_table(path).rows
    assert row.cells == {"key": "4011001098993", "name": "㈱髙﨑精機", "municipality_code": "水戸市"}
    assert row.number == 2


def test_numbers_that_excel_holds_as_floats_lose_nothing(tmp_path: Path) -> None:
    path = save(
        tmp_path / "m.xlsx", [*HEADER, "設立"], [4011001098993.0, "見本", 8201, 290000001, date(1968, 4, 1)]
    )
    (row,) = load_table(path).rows
    assert row.cells["key"] == "4011001098993"
    assert row.cells["municipality_code"] == "8201"
    assert row.cells["telephone"] == "290000001"
    assert row.cells["founded"] == "1968-04-01"


def test_other_headers_and_a_title_above_are_understood(tmp_path: Path) -> None:
    path = save(tmp_path / "m.xlsx", ["会員企業の表"], [], ["番号", "会社名 *", "住所", "ＴＥＬ"], ROW)
    (row,) = load_table(path).rows
    assert set(row.cells) == {"key", "name", "address", "telephone"}
    assert row.number == 4


def test_a_sheet_of_numbers_and_one_more_column_is_enough(tmp_path: Path) -> None:
    path = save(tmp_path / "m.xlsx", ["法人番号", "電話番号"], ["1234567890123", "029-000-0000"])
    (row,) = load_table(path).rows
    assert set(row.cells) == {"key", "telephone"}


def test_an_unknown_header_is_a_warning_and_a_double_one_an_error(tmp_path: Path) -> None:
    found = load_table(save(tmp_path / "m.xlsx", [*HEADER, "好きな色", "会社名"], [*ROW, "青", "x"]))
    assert [(p.field, p.severity.value) for p in found.problems] == [
        ("好きな色", "warning"),
        ("会社名", "error"),
    ]


def test_a_line_break_in_a_cell_stays_in_the_cell(tmp_path: Path) -> None:
    path = save(tmp_path / "m.xlsx", [*HEADER, "事業概要"], [*ROW, "一行目\r\n二行目"])
    assert load_table(path).rows[0].cells["business"] == "一行目\n二行目"


@pytest.mark.parametrize(
    ("shape", "message", "number"),
    [
        (lambda sheet: sheet.merge_cells("C2:C3"), "結合されています", 2),
        (
            lambda sheet: sheet.row_dimensions.__getitem__(3).__setattr__("hidden", True),
            "行が隠れています",
            3,
        ),
        (lambda sheet: sheet.__setitem__("B3", '=CONCATENATE("株式会社","A")'), "数式のセル", 3),
    ],
)
def test_merged_hidden_and_formula_cells_are_named(
    tmp_path: Path, shape: Callable[[Any], None], message: str, number: int
) -> None:
    path = save(tmp_path / "m.xlsx", HEADER, ROW, ["5050005005266", "別の会社", "日立市", ""], shape=shape)
    (problem,) = load_table(path).problems
    assert message in problem.message
    assert problem.line == number
    assert problem.mend


def test_a_merged_title_above_the_header_does_no_harm(tmp_path: Path) -> None:
    path = save(
        tmp_path / "m.xlsx", ["会員企業の表"], HEADER, ROW, shape=lambda sheet: sheet.merge_cells("A1:D1")
    )
    assert load_table(path).problems == ()


def test_of_several_sheets_the_one_with_companies_is_read(tmp_path: Path) -> None:
    def add_notes(sheet: Any) -> None:
        sheet.parent.create_sheet("メモ").append(["自由な書き込み"])

    assert len(load_table(save(tmp_path / "m.xlsx", HEADER, ROW, shape=add_notes)).rows) == 1


def test_two_sheets_of_companies_must_be_chosen_between(tmp_path: Path) -> None:
    def add_second(sheet: Any) -> None:
        second = sheet.parent.create_sheet("旧")
        second.append(HEADER)
        second.append(ROW)

    path = save(tmp_path / "m.xlsx", HEADER, ROW, shape=add_second)
    with pytest.raises(DataError, match="企業の表が2枚あります"):
        load_table(path)
    assert len(load_table(path, sheet="旧").rows) == 1
    with pytest.raises(DataError, match="「ない」というシートがありません"):
        load_table(path, sheet="ない")


def test_a_hidden_sheet_is_not_read(tmp_path: Path) -> None:
    def hide_second(sheet: Any) -> None:
        second = sheet.parent.create_sheet("旧")
        second.append(HEADER)
        second.append(ROW)
        second.sheet_state = "hidden"

    assert len(load_table(save(tmp_path / "m.xlsx", HEADER, ROW, shape=hide_second)).rows) == 1


def test_faults_are_told_of_their_own_sheet_after_sheets_were_moved(tmp_path: Path) -> None:
    def add_notes(sheet: Any) -> None:
        sheet.row_dimensions[2].hidden = True
        sheet.parent.create_sheet("メモ").append(["自由な書き込み"])

    path = save(tmp_path / "m.xlsx", HEADER, ROW, shape=add_notes)
    _exchange_first_two_sheets(path)
    (problem,) = load_table(path).problems
    assert "行が隠れています" in problem.message


def _exchange_first_two_sheets(path: Path) -> None:
    """Move a sheet as Excel does: its place in the workbook changes, the name of its part does not."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    book = parts["xl/workbook.xml"].decode()
    first, second = re.findall(r"<sheet .*?/>", book)
    parts["xl/workbook.xml"] = book.replace(first + second, second + first).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def empty_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("photo.txt", "x")
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 50_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "空のファイル"),
        ("photo.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00", "CSVでもXLSXでもありません"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"\.xlsx で保存し直して"),
        ("other.csv", "品名,値段\n鉛筆,50\n".encode(), "企業の表ではありません"),
        ("header.csv", "法人番号,名称\n".encode(), "見出しの下に行がありません"),
        ("quote.csv", '法人番号,名称\n1,"閉じない\n'.encode(), "引用符が閉じていません"),
        ("broken.csv", b"\x81\xff\xff\xfe", "文字が読めません"),
        ("photos.xlsx", empty_zip(), "XLSXではありません"),
        ("bomb.xlsx", bomb(), "展開すると大きすぎます"),
        ("cut.xlsx", empty_zip()[:60], "CSVでもXLSXでもありません|読めません"),
    ],
    ids=lambda value: (
        value if isinstance(value, str) else ""
    ),  # an archive holds the time at which it was made
)
def test_what_is_no_sheet_is_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_table(path)


def test_a_file_of_100_mb_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(DataError, match=r"大きすぎます（100 MB、上限 20 MB）"):
        load_table(path)


def test_a_sheet_of_too_many_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_ROWS", 3)
    with pytest.raises(DataError, match="5行あります"):
        load_table(save(tmp_path / "m.xlsx", HEADER, *[ROW] * 4))
