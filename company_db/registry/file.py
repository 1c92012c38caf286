"""Reads a file of the corporate-number register: zip or CSV, Unicode or Shift_JIS, 23, 30 or 31 columns."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.errors import DataError

COLUMNS = 30  # of today's layout; that of 2016 had the first 23 of them
COLUMNS_2016 = 23
MAX_BYTES = 400_000_000  # Tokyo's full file, the largest, unpacks to about 300 MB

_NUMBER = re.compile(r"[0-9]{13}")
_FILE_DATE = re.compile(r"[0-9]{8}")
_DATE_IN_NAME = re.compile(r"(20[0-9]{2})([01][0-9])([0-3][0-9])")


@dataclass(frozen=True)
class RegistryFile:
    """One file, decoded; ``lines`` gives its rows in today's layout of 30 columns."""

    name: str
    text: str
    prefixed: bool  # a file date stands before the 30 columns

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with its line number; rows of another width come as they are."""
        for number, row in _rows(self.name, self.text):
            if self.prefixed:
                del row[:1]
            if len(row) == COLUMNS_2016:
                row += ["1", "", "", "", "", "", "0"]
            yield number, row

    @property
    def date_in_name(self) -> str:
        """The ISO date in the file's name, or empty."""
        found = _DATE_IN_NAME.findall(self.name)
        return "-".join(found[-1]) if found else ""


def load_registry_file(path: Path) -> RegistryFile:
    """Read a file whole; ``DataError`` when it is none of the register's files."""
    if not path.is_file():
        raise DataError(f"{path}: ファイルがありません")
    if path.stat().st_size == 0:
        raise DataError(f"{path.name}: 空のファイルです。もう一度ダウンロードしてください")
    text = _decode(path.name, _unpack(path))
    _, first = next(_rows(path.name, text), (0, [""]))
    prefixed = len(first) == COLUMNS + 1 and bool(_FILE_DATE.fullmatch(first[0]))
    if len(first) - prefixed not in {COLUMNS_2016, COLUMNS} or not _NUMBER.fullmatch(first[1 + prefixed]):
        raise DataError(
            f"{path.name}:1: 法人番号公表データではありません（{len(first)}列）。"
            "全件または差分のCSV（23列か30列）かそのzipを指定してください"
        )
    return RegistryFile(path.name, text, prefixed)


def _rows(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise DataError(f"{name}:{reader.line_num}: CSVとして読めません（{error}）") from None


def _unpack(path: Path) -> bytes:
    if not zipfile.is_zipfile(path):
        if path.stat().st_size > MAX_BYTES:
            raise DataError(f"{path.name}: 大きすぎます（上限 {MAX_BYTES // 1_000_000} MB）")
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        names = [info for info in archive.infolist() if info.filename.lower().endswith(".csv")]
        if len(names) != 1:
            raise DataError(f"{path.name}: zipの中のCSVが{len(names)}個です。1個のzipを指定してください")
        with archive.open(names[0]) as file:  # read with a limit: the size that a zip states can be a lie
            data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise DataError(f"{path.name}: 展開すると大きすぎます（上限 {MAX_BYTES // 1_000_000} MB）")
    return data


def _decode(name: str, data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            place = error.start
    raise DataError(f"{name}: {place}バイト目の文字が読めません（UnicodeでもShift_JISでもありません）")
