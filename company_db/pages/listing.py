"""Which company stands in which list, in which order, and on which page of it."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple

from company_db.directory_row import ListedRow
from company_db.pages.markup import SECTIONS
from company_db.pages.names import OTHER, kana_row, names
from generator.content.company import CompanyProfile

PER_PAGE = 100


class MemberFacts(NamedTuple):
    """What lists need of a member besides its row; kept between runs, because reading profiles costs time."""

    headline: str = ""
    headline_en: str = ""
    processes: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    registered: str = ""  # ISO date
    expiries: tuple[str, ...] = ()  # ISO dates of certifications
    photos: tuple[str, ...] = ()  # site-relative paths, both sizes

    @classmethod
    def of(cls, profile: CompanyProfile) -> MemberFacts:
        """Take them from a public profile."""
        return cls(
            headline=profile.headline,
            headline_en=profile.headline_en,
            processes=tuple(dict.fromkeys(part.process for part in profile.capabilities)),
            certifications=tuple(dict.fromkeys(part.code for part in profile.certifications)),
            registered=profile.registered.isoformat() if profile.registered else "",
            expiries=tuple(part.expires.isoformat() for part in profile.certifications if part.expires),
            photos=tuple(path for photo in profile.photos for path in (photo.path, photo.small)),
        )

    @classmethod
    def remembered(cls, values: Sequence[Any]) -> MemberFacts:
        """Take them from the manifest, where JSON has made lists of tuples."""
        return cls._make(tuple(value) if isinstance(value, list) else value for value in values)


@dataclass(frozen=True, slots=True)
class CompanyList:
    """One list: its section and code, and its companies in order, as places in the order of all."""

    section: str
    code: str
    places: Sequence[int]

    @property
    def pages(self) -> int:
        """How many pages it has; an empty list has one."""
        return max(1, -(-len(self.places) // PER_PAGE))

    def page_path(self, number: int) -> str:
        """The path of a page below ``companies/``, counted from 1."""
        return f"{self.section}/{self.code}/" if number == 1 else f"{self.section}/{self.code}/{number}/"

    def on_page(self, number: int) -> Sequence[int]:
        """The places on a page, counted from 1."""
        return self.places[(number - 1) * PER_PAGE : number * PER_PAGE]


_FORMS = ("カブシキガイシャ", "カブシキカイシャ", "ユウゲンガイシャ", "ゴウドウガイシャ", "ユウゲンカイシャ")


def reading(kana: str) -> str:
    """Return a reading as it is sorted: full-width katakana, without the words for the legal form."""
    folded = unicodedata.normalize("NFKC", kana) if not kana.isascii() else kana
    text = "".join(chr(ord(c) + 96) if "ぁ" <= c <= "ゖ" else c for c in folded).replace(" ", "")
    for form in _FORMS:
        text = text.removeprefix(form).removesuffix(form)
    return text


_LAST = "\uffff"  # those without a reading stand last


def in_order(rows: Iterable[ListedRow]) -> list[ListedRow]:
    """Return the listed companies: members before register-only ones, each by reading, then as they were given."""
    return sorted((row for row in rows if not row.closed), key=_order)


def _order(row: ListedRow) -> str:
    """Return one text, which sorts faster than a tuple."""
    return f"{'0' if row.member else '1'}{row.kana or _LAST + row.name}"


def make_lists(rows: Sequence[ListedRow], facts: Mapping[str, MemberFacts]) -> list[CompanyList]:
    """Return every list that is shown: all municipalities, and the other codes that some company has.

    Every listed company is in exactly one list of municipalities and in exactly one kana row.
    """
    places: dict[str, dict[str, list[int]]] = {section: defaultdict(list) for section in SECTIONS}
    towns, kana = places["municipality"], places["kana"]
    for code in names("municipality", "ja").keys() - {OTHER}:
        towns[code] = []
    for place, row in enumerate(rows):
        towns[row.municipality_code or OTHER].append(place)
        if not row.member:
            kana[kana_row(row.kana)].append(place)
            continue
        kana[kana_row(reading(row.kana))].append(place)
        fact = facts.get(row.key, MemberFacts())
        _enter(places["industry"], _with_divisions(row.industries), place)
        _enter(places["process"], fact.processes, place)
        _enter(places["certification"], fact.certifications, place)
    return [
        CompanyList(section, code, places[section][code])
        for section in SECTIONS
        for code in names(section, "ja")
        if code in places[section]
    ]


def _enter(section: dict[str, list[int]], entries: Iterable[str], place: int) -> None:
    for code in entries:
        section[code].append(place)


@cache
def _with_divisions(industries: str) -> tuple[str, ...]:
    """Return the divisions and groups of a row's industries, each once."""
    groups = industries.split()
    return tuple(dict.fromkeys([*(group[0] for group in groups), *groups]))


def digest_of(parts: Iterable[str]) -> str:
    """Return a short digest of texts."""
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()
