"""What a neighbour implements to write its own part of the site, and what it is given for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from generator.content.library import Library
from generator.search.source import SearchSource
from generator.settings import Settings
from generator.site.shell import Shell


@dataclass(frozen=True)
class PublishContext:
    """What a publisher may use: the day, the Library, and one lean shell per language."""

    settings: Settings
    library: Library
    on: date
    shells: Mapping[str, Shell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What a publisher did: files by what became of them, pages by kind, and addresses for the sitemap."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0
    pages: Mapping[str, int] = field(default_factory=dict)
    sitemaps: tuple[str, ...] = ()  # site-relative paths of sitemap files that it wrote itself


class Publisher(Protocol):
    """A part of the site that is stamped by its owner (the company directory, for one)."""

    @property
    def name(self) -> str:
        """Its name in reports and in the manifest."""
        ...

    def fingerprint(self, settings: Settings) -> str:
        """Return a cheap text that changes whenever what it writes may change."""
        ...

    def publish(self, context: PublishContext) -> PublishReport:
        """Write what changed, remove what is gone; at every moment each file is whole, old or new."""
        ...

    def search_source(self, context: PublishContext) -> SearchSource:
        """Return what the site's search should find, and how to learn what of it changed."""
        ...
