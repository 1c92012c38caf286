"""Where has this been told? For each program and call: its pages, issues and events, and what was never told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from generator.clock import fiscal_year
from generator.content.codes import Topic
from generator.content.library import Library
from generator.content.model import BackIssue, Event, Grant, Item, Notice, Program, Story
from generator.plan.evidence import Evidence

SILENT_DAYS = 90
"""A topic about which nothing new was published for so long is called dead."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Everything that has told of one program or call by a day; an issue tells of a program by its calls and events too."""

    item: Program | Grant
    pages: tuple[Evidence, ...]
    issues: tuple[Evidence, ...]
    events: tuple[Evidence, ...]

    @property
    def name(self) -> str:
        """The item's name; a call says which one it is, for several share one name."""
        if isinstance(self.item, Grant):
            return f"{self.item.title}（{self.item.year}年度 第{self.item.call_number}回）"
        return self.item.title

    @property
    def total(self) -> int:
        """How often it was told beyond its own page."""
        return len(self.pages) + len(self.issues) + len(self.events)


@dataclass(frozen=True, slots=True)
class Tellings:
    """The whole answer: who was told of what, dead topics, and calls never mailed before their deadline."""

    on: date
    tellings: tuple[Telling, ...]
    dead_topics: tuple[tuple[Topic, date | None], ...]
    unmailed_calls: tuple[Grant, ...]


def find_tellings(library: Library, on: date) -> Tellings:
    """Look through everything published by a day."""
    items: tuple[Program | Grant, ...] = (*library.public(Program), *library.all(Grant))
    told = [_telling(item, library, on) for item in items]
    return Tellings(on, tuple(told), tuple(_dead_topics(library, on)), tuple(_unmailed(library, on)))


def _telling(item: Program | Grant, library: Library, on: date) -> Telling:
    field = "grant" if isinstance(item, Grant) else "program"
    notices = [n for n in library.all(Notice) if getattr(n, field) == item.slug and n.published <= on]
    stories = [s for s in library.all(Story) if item.slug in s.programs and s.published <= on]
    calls = [g for g in library.all(Grant) if field == "program" and g.program == item.slug and g.opens <= on]
    events = [e for e in library.all(Event) if field == "program" and e.program == item.slug]
    carried = {_reference(each) for each in (item, *notices, *calls, *events)}
    return Telling(
        item,
        pages=tuple(_proof(page) for page in (*notices, *stories, *calls)),
        issues=tuple(
            _issue(i) for i in library.all(BackIssue) if carried.intersection(i.items) and i.issue_date <= on
        ),
        events=tuple(_proof(e) for e in events if e.is_public(on)),
    )


def _words_of(grant: Grant, library: Library) -> set[str]:
    """Return what an issue may carry to tell of a call: the call itself, or a notice of it."""
    return {_reference(grant)} | {_reference(n) for n in library.all(Notice) if n.grant == grant.slug}


def _reference(item: Item) -> str:
    return f"{item.folder}/{item.slug}"


def _proof(item: Item) -> Evidence:
    return Evidence(item.title, item.address, _day(item))


def _issue(issue: BackIssue) -> Evidence:
    return Evidence(f"{issue.newsletter_title} 第{issue.number}号", issue.address, issue.issue_date)


def _day(item: Item) -> date | None:
    if isinstance(item, Event):
        return item.starts.date()
    return item.opens if isinstance(item, Grant) else item.published


def _dead_topics(library: Library, on: date) -> list[tuple[Topic, date | None]]:
    """Return the topics without any news for ``SILENT_DAYS``, with the day of the last one."""
    newest: dict[Topic, date | None] = dict.fromkeys(Topic)
    dated = [*library.all(Notice), *library.all(Event), *library.all(Grant), *library.all(Story)]
    for item in dated:
        day = _day(item)
        for topic in item.topics:
            known = newest[topic]
            if day is not None and day <= on and (known is None or day > known):
                newest[topic] = day
    limit = on - timedelta(days=SILENT_DAYS)
    return [(topic, day) for topic, day in newest.items() if day is None or day < limit]


def _unmailed(library: Library, on: date) -> list[Grant]:
    """Return this fiscal year's calls that closed, or stand open, without one issue before their deadline."""
    issues = library.all(BackIssue)
    return [
        grant
        for grant in library.all(Grant)
        if grant.opens <= on
        and fiscal_year(grant.opens) == fiscal_year(on)
        and not any(
            _words_of(grant, library).intersection(i.items) and i.issue_date <= min(on, grant.closes)
            for i in issues
        )
    ]
