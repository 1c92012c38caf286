"""A Library for long-running processes: read again when what stands behind it changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import Lock

from generator.content.library import Library, Source, load_library
from generator.settings import Settings

LOOK_AGAIN_SECONDS = 10.0


class LibraryShelf:
    """Today's Library; safe to ask from several threads. Looks for changes at most every ten seconds."""

    def __init__(
        self, sources: Sequence[Source], settings: Settings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sources = tuple(sources)
        self._settings = settings
        self._clock = clock
        self._lock = Lock()
        self._looked_at = float("-inf")
        self._fingerprint: tuple[object, ...] = ()
        self._library: Library | None = None

    def library(self) -> Library:
        """Return the Library of the present content and day."""
        with self._lock:
            if self._library is None or self._clock() - self._looked_at >= LOOK_AGAIN_SECONDS:
                self._library = self._refresh()
            return self._library

    def _refresh(self) -> Library:
        self._looked_at = self._clock()
        on = self._settings.as_of()
        fingerprint = (on, *(source.fingerprint(self._settings) for source in self._sources))
        if self._library is not None and fingerprint == self._fingerprint:
            return self._library
        self._fingerprint = fingerprint
        return load_library(self._sources, self._settings, on)
