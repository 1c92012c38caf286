"""A shell: one rendered page with holes, into which many pages are stamped as bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

SLOTS = ("title", "head", "body")
"""The holes, in page order. ``title``: text of <title>. ``head``: more of <head>. ``body``: inside <main>."""

_MARKS = tuple(f"<!--koho:{name}-->" for name in SLOTS)


@dataclass(frozen=True, slots=True)
class Shell:
    """The bytes around the holes; ``len(parts) == len(SLOTS) + 1``."""

    parts: tuple[bytes, ...]

    @classmethod
    def from_html(cls, html: str) -> Self:
        """Split a rendered page at its marks; ``ValueError`` when a mark is missing or out of order."""
        parts: list[bytes] = []
        rest = html
        for mark in _MARKS:
            before, found, rest = rest.partition(mark)
            if not found:
                raise ValueError(f"shell page has no {mark}")
            parts.append(before.encode())
        return cls((*parts, rest.encode()))

    def stamp(self, *, title: bytes, head: bytes, body: bytes) -> bytes:
        """Fill the holes; the caller has escaped what it gives."""
        before_title, before_head, before_body, after = self.parts
        return b"".join((before_title, title, before_head, head, before_body, body, after))
