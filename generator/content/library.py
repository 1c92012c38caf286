"""The Library: everything that may be published, read once, frozen, and asked by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Protocol, TypeVar

from generator.content.model import Item
from generator.errors import Problem, Severity
from generator.settings import Settings

T = TypeVar("T")
ItemT = TypeVar("ItemT", bound=Item)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one source brings: things of any kind, and the problems found while reading them."""

    things: Sequence[object] = ()
    problems: Sequence[Problem] = ()


class Source(Protocol):
    """Where things come from: a folder, a database, the accepted feed entries."""

    @property
    def name(self) -> str:
        """Its name in reports."""
        ...

    def fingerprint(self, settings: Settings) -> str:
        """Return a cheap text that changes whenever what ``load`` returns may change."""
        ...

    def load(self, settings: Settings, on: date) -> Contribution:
        """Read everything; problems are collected, not raised."""
        ...


@dataclass(frozen=True)
class Library:
    """Everything read for one build, by kind and in a stable order."""

    on: date
    problems: tuple[Problem, ...] = ()
    _by_kind: Mapping[type[object], tuple[object, ...]] = field(default_factory=dict)

    def all(self, kind: type[T]) -> tuple[T, ...]:
        """Return every thing of exactly this kind, in reading order."""
        return self._by_kind.get(kind, ())  # type: ignore[return-value]

    def public(self, kind: type[ItemT]) -> tuple[ItemT, ...]:
        """Return the items of a kind that are public on the Library's day, those replaced by another left out."""
        shown = [item for item in self.all(kind) if item.is_public(self.on)]
        replaced = {getattr(item, "replaces", None) for item in shown}
        return tuple(item for item in shown if item.slug not in replaced)

    def find(self, kind: type[ItemT], slug: str | None) -> ItemT | None:
        """Return the item of this kind and slug, or None."""
        return next((item for item in self.all(kind) if item.slug == slug), None)

    def get(self, kind: type[ItemT], slug: str) -> ItemT:
        """Return the item of this kind and slug; ``KeyError`` when a reference slipped past the checks."""
        item = self.find(kind, slug)
        if item is None:
            raise KeyError(f"{kind.__name__} {slug}")
        return item

    def with_problems(self, more: Iterable[Problem]) -> Library:
        """Return the same things with what else was found wrong with them."""
        return replace(self, problems=tuple(sorted((*self.problems, *more))))

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the site from being replaced."""
        return tuple(p for p in self.problems if p.severity is Severity.ERROR)


def make_library(things: Iterable[object], *, on: date, problems: Iterable[Problem] = ()) -> Library:
    """Group things by kind into a frozen Library."""
    by_kind: dict[type[object], list[object]] = {}
    for thing in things:
        by_kind.setdefault(type(thing), []).append(thing)
    frozen = {kind: tuple(group) for kind, group in by_kind.items()}
    return Library(on=on, problems=tuple(sorted(problems)), _by_kind=MappingProxyType(frozen))


def load_library(sources: Iterable[Source], settings: Settings, on: date) -> Library:
    """Read every source into one Library; its problems are all problems of all files."""
    contributions = [source.load(settings, on) for source in sources]
    things = [thing for c in contributions for thing in c.things]
    return make_library(things, on=on, problems=[p for c in contributions for p in c.problems])
