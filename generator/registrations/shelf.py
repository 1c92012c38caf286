"""The events that can be registered for now, read again when the content changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from threading import Lock

from generator.content.library import Source, load_library
from generator.content.model import Event
from generator.settings import Settings

LOOK_AGAIN_SECONDS = 10.0


class EventShelf:
    """Public events by ``<fiscal year>/<slug>``; safe to ask from several threads."""

    def __init__(
        self, source: Source, settings: Settings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._source = source
        self._settings = settings
        self._clock = clock
        self._lock = Lock()
        self._looked_at = float("-inf")
        self._fingerprint = ""
        self._events: Mapping[str, Event] = {}

    def find(self, year: str, slug: str) -> Event | None:
        """Return a public event, or None."""
        with self._lock:
            if self._clock() - self._looked_at >= LOOK_AGAIN_SECONDS:
                self._refresh()
            return self._events.get(f"{year}/{slug}")

    def _refresh(self) -> None:
        self._looked_at = self._clock()
        fingerprint = f"{self._source.fingerprint(self._settings)} {self._settings.as_of()}"
        if fingerprint != self._fingerprint:
            library = load_library([self._source], self._settings, self._settings.as_of())
            self._events = {f"{event.year}/{event.slug}": event for event in library.public(Event)}
            self._fingerprint = fingerprint
