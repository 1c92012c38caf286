"""The accepted entries of outside feeds as a source of the Library; the network is never asked here."""

from __future__ import annotations

from datetime import date

import xxhash

from generator.content.library import Contribution
from generator.feeds.review import read_news
from generator.settings import Settings


class FeedSource:
    """Outside news that a person accepted."""

    name = "feeds"

    def fingerprint(self, settings: Settings) -> str:
        """Return a digest of names, sizes and times of the accepted entries."""
        digest = xxhash.xxh3_128()
        for path in sorted((settings.content / "news").glob("*.yml")):
            state = path.stat()
            digest.update(f"{path.name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
        return digest.hexdigest()

    def load(self, settings: Settings, on: date) -> Contribution:
        """Read what was accepted until a day."""
        entries, problems = read_news(settings.content)
        return Contribution([entry for entry in entries if entry.accepted <= on], problems)


feed_source = FeedSource()
