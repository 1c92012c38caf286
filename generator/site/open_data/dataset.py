"""A dataset: its columns with their meaning, its rows, and the bytes that are published."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

LICENCE_NAME = "クリエイティブ・コモンズ 表示 4.0 国際（CC BY 4.0）"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/deed.ja"
BOM = b"\xef\xbb\xbf"

_DEPENDENT = re.compile(
    "[\u2100-\u218f\u2460-\u24ff\u3200-\u33ff\uff61-\uff9f\ue000-\uf8ff\U0001f000-\U0001ffff\u00ad\u200b-\u200f\ufe0f]"
)
"""機種依存文字: letterlike and numeral signs, circled and squared characters, half-width kana, private use, pictures."""


class CellKind(StrEnum):
    """What a column holds; the linter knows how each must be written."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    CODE = "code"
    URL = "url"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the name in the file, an English name, what it means, and how it is written."""

    name: str
    english: str
    meaning: str
    kind: CellKind = CellKind.TEXT
    required: bool = False
    unit: str = ""  # numbers: 円, 人 …
    codes: str = ""  # name of the code table that lists every allowed value


@dataclass(frozen=True, slots=True)
class CodeTable:
    """A code list with both names: code, Japanese, English."""

    name: str
    title: str
    rows: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Dataset:
    """One table of open data; ``rows`` hold one value a column, in column order."""

    name: str  # file name without .csv
    title: str
    description: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    codes: Mapping[str, CodeTable] = field(default_factory=dict)
    updated: date | None = None
    form: str = ""  # the published form it follows
    has_area: bool = True  # rows say where they belong, by code or name

    @property
    def path(self) -> str:
        """Its place on the site."""
        return f"opendata/{self.name}.csv"

    def cells(self) -> list[list[str]]:
        """Return the rows as the text that is written."""
        return [[cell_text(value) for value in row] for row in self.rows]

    def csv(self) -> bytes:
        """Write UTF-8 with a byte-order mark, CRLF, the header first: opens right in every spreadsheet."""
        return csv_bytes([column.name for column in self.columns], self.cells())


def csv_bytes(header: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """Write one table as UTF-8 CSV with BOM."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return BOM + out.getvalue().encode()


def cell_text(value: object) -> str:
    """Write one value so that any machine reads it: ISO dates, 24-hour times, plain digits, portable letters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return portable_text(str(value))


def portable_text(text: str) -> str:
    """Replace what other machines show wrongly (①→(1), ㈱→(株)), and line breaks by a space."""
    plain = _DEPENDENT.sub(lambda m: _portable(m[0]), text)
    return " ".join(plain.split()).lstrip("=@")


def _portable(character: str) -> str:
    if "\u2460" <= character <= "\u2473":  # ① … ⑳
        return f"({unicodedata.normalize('NFKC', character)})"
    plain = unicodedata.normalize("NFKC", character)
    return "" if _DEPENDENT.search(plain) else plain


def has_dependent_letters(text: str) -> bool:
    """Say whether a text holds 機種依存文字."""
    return bool(_DEPENDENT.search(text))
