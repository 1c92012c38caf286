"""What page builders ask: the Library seen from the site, with the links between its items already made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar
from urllib.parse import quote, urlsplit

from generator.content.attachments import file_note, in_brackets, media_type, noted
from generator.content.codes import PlaceKind
from generator.content.library import Library
from generator.content.model import (
    BackIssue,
    Event,
    Front,
    Grant,
    Item,
    NewsEntry,
    Notice,
    Place,
    Program,
    Story,
)
from generator.content.states import HeldState, WindowState, event_state, grant_state, takes_registrations
from generator.plan.model import Plan, PlanSection
from generator.rendering.markdown import to_html
from generator.rendering.templates import safe_html
from generator.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True)
class SiteView:
    """The public Library on its day, indexed once for all pages."""

    library: Library
    settings: Settings

    @property
    def on(self) -> date:
        """The day on which states are judged."""
        return self.library.on

    @property
    def base(self) -> str:
        """The path prefix of the site: ``/`` or ``/sub/``."""
        return urlsplit(self.settings.site_url).path or "/"

    @property
    def front(self) -> Front:
        """The words of the home page; the publisher's name where nobody wrote any."""
        return next(iter(self.library.all(Front)), Front(title=self.settings.organization.name))

    def absolute(self, address: str) -> str:
        """Return the full URL of a site-relative address."""
        return self.settings.site_url + address

    def body(self, item: Item) -> str:
        """Return the item's words as HTML, without the summary that stands above them already."""
        text = item.body.removeprefix(item.summary) if item.summary else item.body
        return safe_html(noted(to_html(text, base=self.base), self.base, self.settings.content))

    def files_of(self, item: Item, language: str = "ja") -> list[tuple[str, str, str, str]]:
        """Return what an item offers to take: its name, address, kind and size in brackets, and media type."""
        found = []
        for attachment in item.files:
            told = file_note(self.settings.content / "assets" / attachment.file)
            address = f"{self.base}assets/{quote(attachment.file)}"
            found.append(
                (attachment.title, address, in_brackets(told, language), media_type(attachment.file))
            )
        return found

    @cached_property
    def programs(self) -> tuple[Program, ...]:
        """Programs in the plan's order."""
        return tuple(sorted(self.library.public(Program), key=lambda p: (section_order(p.section), p.order)))

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Events by their first day."""
        return tuple(sorted(self.library.public(Event), key=lambda e: (e.starts, e.slug)))

    @cached_property
    def upcoming(self) -> tuple[Event, ...]:
        """Events that are still to come or under way, cancelled and postponed ones included."""
        return tuple(e for e in self.events if e.ends.date() >= self.on)

    @cached_property
    def past(self) -> tuple[Event, ...]:
        """Events that are over, newest first."""
        return tuple(reversed([e for e in self.events if e.ends.date() < self.on]))

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        """Calls: those one can still apply for first, by deadline; then closed ones, newest first."""
        return tuple(sorted(self.library.public(Grant), key=self._grant_order))

    def _grant_order(self, grant: Grant) -> tuple[int, int, str]:
        state = grant_state(grant, self.on)
        closed = state is WindowState.CLOSED
        rank = (WindowState.CLOSING_SOON, WindowState.OPEN, WindowState.UPCOMING, WindowState.CLOSED)
        day = grant.closes.toordinal()
        return rank.index(state), -day if closed else day, grant.slug

    @cached_property
    def open_grants(self) -> tuple[Grant, ...]:
        """Calls that take applications today, nearest deadline first."""
        states = (WindowState.OPEN, WindowState.CLOSING_SOON)
        return tuple(g for g in self.grants if grant_state(g, self.on) in states)

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """Notices, newest first."""
        return tuple(sorted(self.library.public(Notice), key=lambda n: (n.published, n.slug), reverse=True))

    @cached_property
    def stories(self) -> tuple[Story, ...]:
        """Stories, newest first."""
        return tuple(sorted(self.library.public(Story), key=lambda s: (s.published, s.slug), reverse=True))

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Desks and satellites in staff's order."""
        return tuple(sorted(self.library.public(Place), key=lambda p: (p.order, p.slug)))

    @cached_property
    def issues(self) -> tuple[BackIssue, ...]:
        """Back numbers, newest first."""
        found = (i for i in self.library.all(BackIssue) if i.issue_date <= self.on)
        return tuple(sorted(found, key=lambda i: (i.issue_date, i.number), reverse=True))

    @cached_property
    def news(self) -> tuple[NewsEntry, ...]:
        """Accepted outside entries, newest first."""
        found = (n for n in self.library.all(NewsEntry) if n.accepted <= self.on)
        return tuple(sorted(found, key=lambda n: (n.published or n.accepted, n.id), reverse=True))

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """Annual plans, newest first."""
        return tuple(sorted(self.library.all(Plan), key=lambda p: p.year, reverse=True))

    def section(self, key: str) -> PlanSection | None:
        """Find a plan section in the newest plan that has it."""
        return next((s for plan in self.plans if (s := plan.section(key))), None)

    def program(self, slug: str | None) -> Program | None:
        """Find a public program by its slug, or the one that carries it on."""
        return self._program_by_slug.get(slug) if slug else None

    @cached_property
    def _program_by_slug(self) -> Mapping[str, Program]:
        found = {program.slug: program for program in self.programs}
        return {old.slug: new for old, new in self.carried_on} | found

    @cached_property
    def carried_on(self) -> tuple[tuple[Program, Program], ...]:
        """Programs of earlier years with the public program that carries each of them on."""
        pairs: list[tuple[Program, Program]] = []
        for program in self.programs:
            before = self.library.find(Program, program.replaces)
            while before is not None and before not in (old for old, _ in pairs):
                pairs.append((before, program))
                before = self.library.find(Program, before.replaces)
        return tuple(pairs)

    def place(self, slug: str | None) -> Place | None:
        """Find a public desk by its slug."""
        return next((p for p in self.places if p.slug == slug), None)

    def desk(self, *slugs: str | None) -> Place | None:
        """Return the first desk that exists, else the first of all desks: there is always someone to ask."""
        named = (self.place(slug) for slug in slugs)
        general = (p for p in self.places if p.kind is PlaceKind.DESK)
        return next((p for p in (*named, *general) if p), None)

    @cached_property
    def _events_by_program(self) -> Mapping[str, tuple[Event, ...]]:
        return _group(self.events, lambda e: self._current([e.program]))

    @cached_property
    def _grants_by_program(self) -> Mapping[str, tuple[Grant, ...]]:
        return _group(self.grants, lambda g: self._current([g.program]))

    @cached_property
    def _stories_by_program(self) -> Mapping[str, tuple[Story, ...]]:
        return _group(self.stories, lambda s: self._current(s.programs))

    def _current(self, slugs: Iterable[str | None]) -> list[str]:
        return [program.slug for slug in slugs if (program := self.program(slug))]

    def events_of(self, program: Program) -> tuple[Event, ...]:
        """Return a program's events by day."""
        return self._events_by_program.get(program.slug, ())

    def grants_of(self, program: Program) -> tuple[Grant, ...]:
        """Return a program's calls in list order."""
        return self._grants_by_program.get(program.slug, ())

    def stories_of(self, program: Program) -> tuple[Story, ...]:
        """Return the stories that used a program."""
        return self._stories_by_program.get(program.slug, ())

    def state_of(self, thing: Event | Grant) -> HeldState | WindowState:
        """Return the state word of an event or a call."""
        return event_state(thing, self.on) if isinstance(thing, Event) else grant_state(thing, self.on)

    def takes_registrations(self, event: Event) -> bool:
        """Say whether one can still apply for an event."""
        return takes_registrations(event, self.on)


def section_order(key: str) -> tuple[int, ...]:
    """Sort plan sections as numbers: 1-2 before 1-10."""
    return tuple(int(part) if part.isdigit() else 999 for part in key.split("-"))


def _group(things: Iterable[T], keys: Callable[[T], Iterable[str]]) -> Mapping[str, tuple[T, ...]]:
    groups: defaultdict[str, list[T]] = defaultdict(list)
    for thing in things:
        for key in keys(thing):
            groups[key].append(thing)
    return {key: tuple(found) for key, found in groups.items()}
