"""Writes what companies share: lists, their data, front pages, sitemaps, pictures and the small map."""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import partial
from itertools import chain

from company_db.directory import Directory
from company_db.pages.front_page import front_page, section_page
from company_db.pages.lines import Lines
from company_db.pages.list_data import company_csv, company_json, list_csv, list_json
from company_db.pages.list_page import ListPage, list_page
from company_db.pages.listing import CompanyList
from company_db.pages.pen import Pen, Place
from company_db.pages.plan import Plan
from company_db.pages.sitemap import sitemap
from company_db.pages.tile_map import background
from company_db.pages.words import WORDS, Words

File = tuple[str, str, bytes]
"""Language, path below ``companies/``, content."""


def write_shared(plan: Plan, wanted: Container[str], directory: Directory, place: Place) -> int:
    """Write the wanted ones; return how many files."""
    pen, written = Pen(place), 0
    try:
        kinds = (kind(plan, wanted) for kind in (_lists, _data, _fronts, _rest))
        for file in chain(*kinds, _photos(plan, wanted, directory)):
            pen.put(*file)
            written += 1
    finally:
        pen.close()
    return written


def _lists(plan: Plan, wanted: Container[str]) -> Iterator[File]:
    for language, words in WORDS.items():
        lines = Lines(partial(plan.line, words))
        for one in plan.lists:
            for number in range(1, one.pages + 1):
                path = one.page_path(number)
                if path in wanted:
                    yield language, f"{path}index.html", _list_page(plan, one, number, lines, words)


def _list_page(plan: Plan, one: CompanyList, number: int, lines: Lines[str], words: Words) -> bytes:
    places = one.on_page(number)
    members = next((n for n, place in enumerate(places) if not plan.ordered[place].member), len(places))
    made = lines.of(places)
    page = ListPage(one.section, one.code, number, one.pages, len(one.places))
    return list_page(page, made[:members], made[members:], plan.look, words)


def _data(plan: Plan, wanted: Container[str]) -> Iterator[File]:
    lists = [one for one in plan.lists if f"{one.section}/{one.code}.data" in wanted]
    site_url = plan.look.site_url
    told = Lines(lambda place: company_json(plan.ordered[place]))
    for one in lists:
        yield "ja", f"{one.section}/{one.code}.json", list_json(told.of(one.places), site_url)
    told = Lines(lambda place: company_csv(plan.ordered[place], site_url))
    for one in lists:
        yield "ja", f"{one.section}/{one.code}.csv", list_csv(told.of(one.places))


def _fronts(plan: Plan, wanted: Container[str]) -> Iterator[File]:
    for path in plan.fronts:
        if path in wanted:
            for language, words in WORDS.items():
                yield language, f"{path}index.html", _front(plan, path.rstrip("/"), words)


def _front(plan: Plan, section: str, words: Words) -> bytes:
    if section:
        return section_page(section, plan.counts[section], plan.look, words)
    return front_page(plan.front, plan.look, words)


def _rest(plan: Plan, wanted: Container[str]) -> Iterator[File]:
    if "map.svg" in wanted:
        yield "ja", "map.svg", background()
    for name, entries in plan.sitemaps.items():
        if name in wanted:
            yield "ja", name, sitemap(entries, plan.look.site_url)


def _photos(plan: Plan, wanted: Container[str], directory: Directory) -> Iterator[File]:
    for path in plan.photos:
        if path in wanted:
            yield "ja", path, directory.photo(path)
