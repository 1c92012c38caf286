"""The content folder as a source of the Library."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import xxhash

from generator.content.checks import check_content, check_reach
from generator.content.library import Contribution
from generator.content.model import Item
from generator.content.reader import read_content
from generator.plan.model import Plan
from generator.settings import Settings


class ContentSource:
    """Everything that staff write as files."""

    name = "content"

    def fingerprint(self, settings: Settings) -> str:
        """Return a digest of names, sizes and times of every content file."""
        digest = xxhash.xxh3_128()
        for path in sorted(p for p in settings.content.rglob("*") if p.is_file()):
            state = path.stat()
            digest.update(f"{_relative(path, settings)}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
        return digest.hexdigest()

    def load(self, settings: Settings, on: date) -> Contribution:
        """Read and check every file; ``on`` decides nothing here."""
        reading = read_content(settings.content)
        items = [thing for thing in reading.things if isinstance(thing, Item)]
        plans = [thing for thing in reading.things if isinstance(thing, Plan)]
        problems = [
            *reading.problems,
            *check_content(items, plans, reading.fronts, settings.content),
            *check_reach(items, reading.fronts),
        ]
        return Contribution(reading.things, problems)


def _relative(path: Path, settings: Settings) -> str:
    return path.relative_to(settings.content).as_posix()


content_source = ContentSource()
