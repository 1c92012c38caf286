"""Decides what one run writes: every unit of the directory with the digest of its inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from company_db.directory_row import ListedRow
from company_db.pages.front_page import Front
from company_db.pages.list_page import company_line
from company_db.pages.listing import CompanyList, MemberFacts, digest_of, in_order, make_lists
from company_db.pages.look import Look
from company_db.pages.markup import SECTIONS
from company_db.pages.member_page import Related
from company_db.pages.sitemap import sitemaps
from company_db.pages.words import WORDS, Words

_SHOWN = 6  # members on the front page, in each of its two lists


@dataclass
class Plan:
    """One run's view of the directory; ``units`` maps what is written to the digest of what it is made from."""

    rows: Sequence[ListedRow]
    facts: Mapping[str, MemberFacts]
    related: Mapping[str, Related]
    look: Look
    ordered: list[ListedRow] = field(init=False)
    lists: list[CompanyList] = field(init=False)

    def __post_init__(self) -> None:
        self.ordered = in_order(self.rows)
        self.lists = make_lists(self.ordered, self.facts)

    @cached_property
    def counts(self) -> dict[str, dict[str, int]]:
        """Companies by section and code."""
        counts: dict[str, dict[str, int]] = {section: {} for section in SECTIONS}
        for one in self.lists:
            counts[one.section][one.code] = len(one.places)
        return counts

    @cached_property
    def companies(self) -> dict[str, str]:
        """Each company's page by key, with its digest."""
        return {row.key: self._member_digest(row) if row.member else row.digest for row in self.rows}

    def _member_digest(self, row: ListedRow) -> str:
        facts = self.facts.get(row.key, MemberFacts())
        expired = sum(day < self.look.today for day in facts.expiries)
        related = digest_of("\n".join(entry) for entry in self.related.get(row.key, ()))
        return f"{row.digest}{self.look.is_stale(row.confirmed):d}{expired}{related}"

    @cached_property
    def _digests(self) -> list[str]:
        return [row.digest for row in self.ordered]

    @cached_property
    def _members(self) -> list[int]:
        return [place for place, row in enumerate(self.ordered) if row.member]

    @cached_property
    def pages(self) -> dict[str, str]:
        """Each page of each list by its path below ``companies/``, with its digest."""
        found: dict[str, str] = {}
        digests = self._digests
        for one in self.lists:
            shape = f"{one.pages} {len(one.places)}"
            for number in range(1, one.pages + 1):
                found[one.page_path(number)] = digest_of(
                    (shape, *map(digests.__getitem__, one.on_page(number)))
                )
        return found

    @cached_property
    def data(self) -> dict[str, str]:
        """Each list's data by its path without ending, with its digest: of a member only what data files tell."""
        digests = self._digests.copy()
        for place in self._members:
            digests[place] = _data_digest(self.ordered[place])
        return {
            f"{one.section}/{one.code}": digest_of(map(digests.__getitem__, one.places))
            for one in self.lists
            if one.places
        }

    @cached_property
    def front(self) -> Front:
        """The front page's content."""
        newest = sorted(self._members, key=self._registered, reverse=True)
        fresh = sorted(
            self._members, key=lambda place: (self.ordered[place].confirmed, self.ordered[place].key)
        )
        return Front(
            listed=len(self.ordered),
            members=len(self._members),
            counts=self.counts,
            newest=self._shown(newest[:_SHOWN]),
            fresh=self._shown(fresh[::-1][:_SHOWN]),
        )

    def _registered(self, place: int) -> tuple[str, str]:
        key = self.ordered[place].key
        return self.facts.get(key, MemberFacts()).registered, key

    def _shown(self, places: Sequence[int]) -> dict[str, str]:
        return {name: "".join(self.line(words, place) for place in places) for name, words in WORDS.items()}

    def line(self, words: Words, place: int) -> str:
        """Return a company's line in lists, by its place in the order of all."""
        row = self.ordered[place]
        facts = self.facts.get(row.key) if row.member else None
        return company_line(row, facts, self.look.root, words)

    @cached_property
    def fronts(self) -> dict[str, str]:
        """The front page (empty path) and the sections' pages, with their digests."""
        units = {"": digest_of(map(repr, self.front))}
        for section in SECTIONS:
            units[f"{section}/"] = digest_of(map(repr, self.counts[section].items()))
        return units

    @cached_property
    def sitemaps(self) -> dict[str, Sequence[tuple[str, str]]]:
        """The sitemap files and their entries: fronts, lists, then companies."""
        entries = [(f"companies/{path}", "") for path in (*self.fronts, *self.pages)]
        entries += [(f"companies/{row.key}/", row.confirmed) for row in self.rows if not row.closed]
        return dict(sitemaps(entries))

    @cached_property
    def photos(self) -> dict[str, str]:
        """Each picture by its path; a name that tells the content needs no digest."""
        return {path.removeprefix("companies/"): "1" for fact in self.facts.values() for path in fact.photos}

    @cached_property
    def units(self) -> dict[str, str]:
        """Everything with its digest; kinds are told apart by their form."""
        maps = {name: digest_of(chain.from_iterable(entries)) for name, entries in self.sitemaps.items()}
        data = {f"{path}.data": digest for path, digest in self.data.items()}
        return {**self.companies, **self.pages, **data, **self.fronts, **maps, **self.photos, "map.svg": "1"}


def _data_digest(row: ListedRow) -> str:
    told = (row.key, row.name, row.kana, row.name_en, row.municipality_code, row.industries, row.confirmed)
    return digest_of((*told, "member"))
