"""Makes register-only pages quickly: the first page of a form is made for marks, the others fill its holes.

Tens of thousands of pages differ in a name, an address and a number. What such a page says, and how it is escaped,
stands once, in ``company_page``; here a page that was made for marks is cut at them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from company_db.directory_row import DirectoryRow
from company_db.pages.company_page import in_query, registered_page
from company_db.pages.look import Look
from company_db.pages.markup import escape, in_json
from company_db.pages.words import WORDS

_FIELDS = ("name", "kana", "name_en", "postal_code", "address", "address_en")
_KEY = DirectoryRow._fields.index("key")
_PLACES = tuple(map(DirectoryRow._fields.index, _FIELDS))

_MARK = '\ue000{}"\ue001'  # how its quotation mark is escaped shows in which context the text stands
_KEY_DIGITS = "\u0660" * 13  # digits, because a page tells numbers from own ids, but none that a shell holds
_CUT = re.compile(f'\ue000([0-9]+)(&quot;|%22|\\\\")\ue001|{_KEY_DIGITS}'.encode())


class Hole(NamedTuple):
    """A place in a page: which column of the row stands there, and what a quotation mark becomes there."""

    column: int
    quotation: bytes


@dataclass(frozen=True, slots=True)
class Stencil:
    """A page with holes; ``parts`` has the fixed texts at its even places."""

    parts: tuple[bytes, ...]
    holes: tuple[Hole, ...]

    @classmethod
    def cut(cls, page: bytes) -> Self:
        """Cut a page that was made for marks."""
        parts, holes, start = [], [], 0
        for found in _CUT.finditer(page):
            column, quotation = found.groups()
            holes.append(Hole(int(column), quotation) if quotation else Hole(_KEY, b""))
            parts += [page[start : found.start()], b""]
            start = found.end()
        return cls((*parts, page[start:]), tuple(holes))

    def fill(self, values: Mapping[Hole, bytes]) -> bytes:
        """Return the page of one company."""
        parts = list(self.parts)
        parts[1::2] = [values[hole] for hole in self.holes]
        return b"".join(parts)


class LeanPages:
    """The register-only pages of one process."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._stencils: dict[tuple[object, ...], tuple[dict[str, Stencil], frozenset[Hole]]] = {}

    def pages(self, row: DirectoryRow) -> Iterator[tuple[str, bytes]]:
        """Yield the page of one company in each language, the same bytes as ``registered_page`` makes."""
        if _is_alone(row):
            for language, words in WORDS.items():
                yield language, registered_page(row, self._look, words)
            return
        form = (row.municipality_code, row.kind, *(row[place] != "" for place in _PLACES))
        if form not in self._stencils:
            self._stencils[form] = self._cut(row)
        stencils, holes = self._stencils[form]
        values = _values(row, holes)
        for language, stencil in stencils.items():
            yield language, stencil.fill(values)

    def _cut(self, row: DirectoryRow) -> tuple[dict[str, Stencil], frozenset[Hole]]:
        columns = list(row._replace(key=_KEY_DIGITS))
        for place in _PLACES:
            columns[place] = columns[place] and _MARK.format(place)
        marked = DirectoryRow._make(columns)
        stencils = {
            language: Stencil.cut(registered_page(marked, self._look, words))
            for language, words in WORDS.items()
        }
        return stencils, frozenset(hole for stencil in stencils.values() for hole in stencil.holes)


def _is_alone(row: DirectoryRow) -> bool:
    """Say whether a page is of a form of its own; they are few."""
    return row.closed != "" or not row.key.isdigit() or row.address.startswith("茨城県")


def _values(row: DirectoryRow, holes: Iterable[Hole]) -> dict[Hole, bytes]:
    return {
        hole: _ESCAPES[hole.quotation](str(row[hole.column])).encode("utf-8", "replace") for hole in holes
    }


_ESCAPES: Mapping[bytes, Callable[[str], str]] = {
    b"": str,
    b"&quot;": escape,
    b"%22": in_query,
    b'\\"': in_json,
}
