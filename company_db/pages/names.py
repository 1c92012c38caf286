"""The names of codes as HTML text in one language, escaped once for a whole process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape
from types import MappingProxyType

from company_db.classification import codes
from company_db.pages.words import WORDS

KANA_ROWS = MappingProxyType(
    {
        "a": ("あ行", "A row", "アイウエオヴァィゥェォ"),
        "ka": ("か行", "Ka row", "カキクケコガギグゲゴヵヶ"),
        "sa": ("さ行", "Sa row", "サシスセソザジズゼゾ"),
        "ta": ("た行", "Ta row", "タチツテトダヂヅデドッ"),
        "na": ("な行", "Na row", "ナニヌネノ"),
        "ha": ("は行", "Ha row", "ハヒフヘホバビブベボパピプペポ"),
        "ma": ("ま行", "Ma row", "マミムメモ"),
        "ya": ("や行", "Ya row", "ヤユヨャュョ"),
        "ra": ("ら行", "Ra row", "ラリルレロ"),
        "wa": ("わ行", "Wa row", "ワヰヱヲンヮ"),
    }
)
"""Kana rows by their part of the address: Japanese name, English name, first syllables."""

OTHER = "other"
"""The list of companies that no code of a section fits."""

_ROW_OF = {first: row for row, (_, _, firsts) in KANA_ROWS.items() for first in firsts}


def kana_row(kana: str) -> str:
    """Return the kana row of a reading in full-width katakana; ``other`` when it has none."""
    return _ROW_OF.get(kana[:1], OTHER)


@cache
def names(section: str, language: str) -> Mapping[str, str]:
    """Return the HTML names of a section's codes in list order, ``other`` last where there is one."""
    found = {code: escape(ja if language == "ja" else en) for code, ja, en in _entries(section)}
    if section in WORDS[language].other_list:
        found[OTHER] = WORDS[language].other_list[section]
    return MappingProxyType(found)


def _entries(section: str) -> list[tuple[str, str, str]]:
    match section:
        case "municipality":
            return [(town.code, town.ja, town.en) for town in codes.municipalities().values()]
        case "industry":
            groups = [(e.code, e.ja, e.en) for e in codes.industries().values()]
            return sorted([*((e.code, e.ja, e.en) for e in codes.divisions().values()), *groups])
        case "kana":
            return [(row, ja, en) for row, (ja, en, _) in KANA_ROWS.items()]
        case _:
            lists = {
                "process": codes.processes,
                "certification": codes.certifications,
                "language": codes.languages,
                "country": codes.countries,
                "kind": codes.kinds,
                "close_cause": codes.close_causes,
            }
            return [(entry.code, entry.ja, entry.en) for entry in lists[section]().values()]
