"""Which English texts are missing or unchecked: what buyers and partners abroad need, by file."""

from __future__ import annotations

from datetime import date

from generator.content.codes import Need, Topic
from generator.content.library import Library
from generator.content.model import Event, Item, Page, Place, Program
from generator.errors import Problem, Severity


def translation_problems(library: Library, on: date) -> list[Problem]:
    """Name every item that the English site needs and lacks, and every text that nobody has checked."""
    problems = [_missing(item) for item in _needed(library, on) if item.english is None]
    items = [item for kind in (Program, Event, Place, Page) for item in library.public(kind)]
    problems += [_unchecked(item) for item in items if item.english is not None and not item.english.checked]
    return sorted(problems)


def _needed(library: Library, on: date) -> list[Item]:
    """Return overseas programs and their desks, overseas events to come, and the pages about us."""
    programs = [p for p in library.public(Program) if Topic.OVERSEAS in p.topics or Need.ABROAD in p.needs]
    desks = {program.desk for program in programs if Topic.OVERSEAS in program.topics}
    events = [e for e in library.public(Event) if Topic.OVERSEAS in e.topics and e.ends.date() >= on]
    places = [place for place in library.public(Place) if place.slug in desks]
    return [*programs, *events, *places, *library.public(Page)]


def _missing(item: Item) -> Problem:
    twin = f"content/{item.path.removesuffix('.md')}.en.md"
    mend = "英語の title と本文を書き、人が確かめたら checked: true にしてください"
    return Problem(twin, 0, "", item.title, "英語版がありません", mend, Severity.WARNING)


def _unchecked(item: Item) -> Problem:
    twin = f"content/{item.path.removesuffix('.md')}.en.md"
    mend = "読んで直し、checked: true にしてください。それまでページに印が出ます"
    return Problem(twin, 0, "checked", "false", "人が確かめていない英文です", mend, Severity.WARNING)
