"""Reads an existing list of readers: CSV (UTF-8 or Shift_JIS) or XLSX, one row a person, headings in Japanese or English."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from generator.clock import TOKYO
from generator.errors import DataError

HEADINGS = {
    "address": ("メールアドレス", "アドレス", "email", "address"),
    "topics": ("希望分野", "topics"),
    "consented": ("同意日", "consented"),
    "how": ("同意方法", "how"),
    "wording": ("同意文言", "wording"),
    "language": ("言語", "language"),
}
REQUIRED = ("address", "consented", "how", "wording")


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row as it stands; ``line`` counts from 1 with the heading."""

    line: int
    address: str
    topics: tuple[str, ...]
    consented: str
    how: str
    wording: str
    language: str

    def consented_at(self) -> int:
        """Return the day of consent as Unix seconds; raises ``DataError`` when it is no date."""
        text = self.consented.strip()[:10].replace("/", "-")
        try:
            year, month, day = (int(part) for part in text.split("-"))
            return int(datetime(year, month, day, tzinfo=TOKYO).timestamp())
        except (ValueError, OverflowError):
            raise DataError("同意日が日付ではありません。2023-04-01 のように書いてください") from None


def read_list(path: Path) -> Iterator[ListRow]:
    """Yield the rows of a list; raises ``DataError`` when the file or its headings cannot be read."""
    rows = _xlsx(path) if path.suffix.lower() in {".xlsx", ".xlsm"} else _csv(path)
    heading = [cell.strip().lower() for cell in next(rows, [])]
    columns = {
        name: next((heading.index(word.lower()) for word in words if word.lower() in heading), -1)
        for name, words in HEADINGS.items()
    }
    if missing := [HEADINGS[name][0] for name in REQUIRED if columns[name] < 0]:
        raise DataError(
            f"{path.name}:1: 見出し「{'」「'.join(missing)}」がありません（同意の記録が要ります）"
        )
    for line, row in enumerate(rows, start=2):
        if any(cell.strip() for cell in row):
            yield _row(line, row, columns)


def _row(line: int, row: list[str], columns: dict[str, int]) -> ListRow:
    def cell(name: str) -> str:
        column = columns[name]
        return row[column].strip() if 0 <= column < len(row) else ""

    topics = tuple(t for t in cell("topics").replace("、", ",").replace(" ", ",").split(",") if t)
    return ListRow(
        line,
        cell("address"),
        topics,
        cell("consented"),
        cell("how"),
        cell("wording"),
        cell("language"),
    )


def _csv(path: Path) -> Iterator[list[str]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: 読めません（{error.strerror}）") from None
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            yield from csv.reader(io.StringIO(text, newline=""))
        except csv.Error as error:
            raise DataError(f"{path.name}: CSVとして読めません（{error}）") from None
        return
    raise DataError(f"{path.name}: 文字コードが UTF-8 でも Shift_JIS でもありません")


def _xlsx(path: Path) -> Iterator[list[str]]:
    from python_calamine import CalamineError, load_workbook

    try:
        rows = load_workbook(str(path)).get_sheet_by_index(0).to_python()
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(f"{path.name}: XLSXとして読めません（{type(error).__name__}）") from None
    for row in rows:
        yield [str(cell) for cell in row]
