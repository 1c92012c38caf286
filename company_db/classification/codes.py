"""Reads the code lists beside this module; every entry has a Japanese and an English name."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code with its names and the other words that people write for it."""

    code: str
    ja: str
    en: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Municipality:
    """One of the 44 municipalities (市町村); ``code6`` carries the check digit."""

    code: str  # 5 digits
    code6: str
    ja: str  # without its county: 大子町
    kana: str
    en: str
    county: str = ""  # 久慈郡

    @property
    def full_name(self) -> str:
        """The name as the corporate-number register writes it: 久慈郡大子町."""
        return self.county + self.ja


@cache
def municipalities() -> Mapping[str, Municipality]:
    """The municipalities by 5-digit code, in code order."""
    return MappingProxyType(
        {
            row["code"]: Municipality(
                row["code"], row["code6"], row["ja"], row["kana"], row["en"], row["county"]
            )
            for row in _rows("municipalities")
        }
    )


def divisions() -> Mapping[str, CodeEntry]:
    """JSIC 大分類: 20 letters (14th revision)."""
    return _code_list("divisions")


def industries() -> Mapping[str, CodeEntry]:
    """JSIC 中分類: 99 codes, each its division's letter and two digits (E24)."""
    return _code_list("industries")


def processes() -> Mapping[str, CodeEntry]:
    """加工方法."""
    return _code_list("processes")


def materials() -> Mapping[str, CodeEntry]:
    """対応材質."""
    return _code_list("materials")


def certifications() -> Mapping[str, CodeEntry]:
    """認証."""
    return _code_list("certifications")


def languages() -> Mapping[str, CodeEntry]:
    """対応言語 (ISO 639-1)."""
    return _code_list("languages")


def countries() -> Mapping[str, CodeEntry]:
    """輸出実績国 (ISO 3166-1 alpha-2)."""
    return _code_list("countries")


def lots() -> Mapping[str, CodeEntry]:
    """ロット."""
    return _code_list("lots")


def kinds() -> Mapping[str, CodeEntry]:
    """法人種別 of the corporate-number register."""
    return _code_list("kinds")


def close_causes() -> Mapping[str, CodeEntry]:
    """登記記録の閉鎖等の事由."""
    return _code_list("close_causes")


def find_code(codes: Mapping[str, CodeEntry], text: str) -> str | None:
    """Return the code that a word means: the code itself, a name or an alias, forgiving width and case."""
    return _meanings(tuple(codes.values())).get(_folded(text))


def municipality_code(text: str) -> str | None:
    """Return the 5-digit code that a code or a name means, or None.

    A code is taken with its check digit (6 digits) or without (5). Spreadsheets drop the leading zero: ``8201``
    is 08201; ``80004`` and other 5 digits that are no code of the prefecture are read as 6 digits only when
    their check digit is right.
    """
    digits = unicodedata.normalize("NFKC", text).strip()
    if digits.isdigit():
        return _from_digits(digits)
    return _municipality_names().get(_folded(digits).removeprefix("茨城県"))


def municipality_check_digit(code: str) -> str:
    """Return the check digit of a 5-digit municipality code (weights 6, 5, 4, 3, 2; modulo 11)."""
    weighted = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=True))
    return str((11 - weighted % 11) % 10)


def _from_digits(digits: str) -> str | None:
    known = municipalities()
    for candidate in (digits, f"0{digits}"):
        if len(candidate) == 5 and candidate in known:
            return candidate
        if len(candidate) == 6 and candidate[:5] in known and known[candidate[:5]].code6 == candidate:
            return candidate[:5]
    return None


@cache
def _municipality_names() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for entry in municipalities().values():
        for name in (entry.ja, entry.full_name):
            for spelling in (name, name.replace("ケ", "ヶ")):  # 龍ケ崎 and 龍ヶ崎 both occur
                names[_folded(spelling)] = entry.code
    return MappingProxyType(names)


@cache
def _code_list(name: str) -> Mapping[str, CodeEntry]:
    entries = (
        CodeEntry(
            row["code"], row["ja"], row["en"], tuple(filter(None, (row.get("aliases") or "").split("/")))
        )
        for row in _rows(name)
    )
    return MappingProxyType({entry.code: entry for entry in entries})


@cache
def _meanings(entries: tuple[CodeEntry, ...]) -> Mapping[str, str]:
    meanings: dict[str, str] = {}
    for entry in entries:
        for word in (entry.code, entry.ja, entry.en, *entry.aliases, *_group_spellings(entry)):
            meanings.setdefault(_folded(word), entry.code)
    return MappingProxyType(meanings)


def _group_spellings(entry: CodeEntry) -> Iterator[str]:
    """Yield the other spellings of an industry: 09, 9 (spreadsheets drop the zero), 09 食料品製造業, E09 食料品製造業."""
    if re.fullmatch("[A-Z][0-9]{2}", entry.code):
        digits = entry.code[1:]
        yield from (digits, digits.lstrip("0"), f"{digits}{entry.ja}", f"{entry.code}{entry.ja}")


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
