"""Files of the register in every layout and encoding, and files that are something else."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from company_db.registry import file as registry_file
from company_db.registry.file import load_registry_file
from generator.errors import DataError
from tests.company_db.registry.rows import make_row, text_of, write_file, write_zip

ROW = make_row(1, name="髙﨑①精機㈱")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_unicode_and_shift_jis_are_told_apart(tmp_path: Path, encoding: str) -> None:
    file = load_registry_file(write_file(tmp_path / "diff_20240104.csv", [ROW], encoding=encoding))
    assert [row for _, row in file.lines()] == [ROW]


def test_the_layout_of_2016_is_widened_to_todays(tmp_path: Path) -> None:
    file = load_registry_file(write_file(tmp_path / "all.csv", [ROW[:23]]))
    ((line, row),) = file.lines()
    assert (line, len(row), row[23], row[29]) == (1, 30, "1", "0")


def test_a_file_date_in_front_is_taken_off(tmp_path: Path) -> None:
    file = load_registry_file(write_file(tmp_path / "year.csv", [["20240104", *ROW]]))
    assert [row for _, row in file.lines()] == [ROW]


def test_a_zip_with_its_signature_is_read(tmp_path: Path) -> None:
    file = load_registry_file(write_zip(tmp_path / "08_ibaraki_all_20240131.zip", [ROW]))
    assert [row for _, row in file.lines()] == [ROW]
    assert file.date_in_name == "2024-01-31"


def test_a_newline_in_a_field_keeps_the_line_numbers_right(tmp_path: Path) -> None:
    rows = [make_row(1, street="一行目\n二行目"), make_row(2)]
    file = load_registry_file(write_file(tmp_path / "d.csv", rows))
    assert [line for line, _ in file.lines()] == [2, 3]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "空のファイル"),
        ("名称,住所\nA社,水戸市\n".encode(), "法人番号公表データではありません"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "法人番号公表データではありません|読めません"),
        (b"\x81\xff\x00\xfe", "読めません"),
    ],
)
def test_what_is_no_register_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "wrong.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_registry_file(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nothing\.csv: ファイルがありません"):
        load_registry_file(tmp_path / "nothing.csv")


def test_a_zip_with_two_tables_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", text_of([ROW]))
        archive.writestr("b.csv", text_of([ROW]))
    with pytest.raises(DataError, match="CSVが2個"):
        load_registry_file(tmp_path / "two.zip")


def test_a_zip_bomb_is_refused_before_it_unfolds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_file, "MAX_BYTES", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * 20_000_000)
    with pytest.raises(DataError, match="展開すると大きすぎます"):
        load_registry_file(tmp_path / "bomb.zip")
