"""Makes register-only pages quickly: the first page of a form is made for marks, the others fill its holes.

Tens of thousands of pages differ in a name, an address and a number. What such a page says, and how it is escaped,
stands once, in ``company_page``; here a page that was made for marks is cut at them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Self

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


Hole = tuple[int, bytes]
"""A place in a page: which column of the row stands there, and what a quotation mark becomes there."""


@dataclass(frozen=True, slots=True)
class Stencil:
    """A page with holes; ``parts`` has the fixed texts at its even places."""

    parts: list[bytes]
    holes: tuple[Hole, ...]

    @classmethod
    def cut(cls, page: bytes) -> Self:
        """Cut a page that was made for marks."""
        parts, holes, start = [], [], 0
        for found in _CUT.finditer(page):
            column, quotation = found.groups()
            holes.append((int(column), quotation) if quotation else (_KEY, b""))
            parts += [page[start : found.start()], b""]
            start = found.end()
        return cls([*parts, page[start:]], tuple(holes))


class Form:
    """The stencils of the pages that differ in their texts alone, by language."""

    def __init__(self, stencils: Mapping[str, Stencil]) -> None:
        wanted = sorted({hole for stencil in stencils.values() for hole in stencil.holes})
        self._columns = [
            (column, [quotation for other, quotation in wanted if other == column])
            for column in sorted({column for column, _ in wanted})
        ]
        self._stencils = [
            (language, stencil.parts, itemgetter(*map(wanted.index, stencil.holes)))
            for language, stencil in stencils.items()
        ]

    def fill(self, row: DirectoryRow) -> Iterator[tuple[str, bytes]]:
        """Yield the page of one company in each language."""
        values: list[bytes] = []
        for column, quotations in self._columns:
            values += _escaped(str(row[column]), quotations)
        for language, parts, pick in self._stencils:
            filled = parts.copy()
            filled[1::2] = pick(values)
            yield language, b"".join(filled)


class LeanPages:
    """The register-only pages of one process."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._forms: dict[tuple[object, ...], Form] = {}

    def pages(self, row: DirectoryRow) -> Iterator[tuple[str, bytes]]:
        """Return the page of one company in each language, the same bytes as ``registered_page`` makes."""
        if _is_alone(row):
            return ((name, registered_page(row, self._look, words)) for name, words in WORDS.items())
        kind = (row.municipality_code, row.kind, *(row[place] == "" for place in _PLACES))
        form = self._forms.get(kind)
        if form is None:
            form = self._forms[kind] = self._make_form(row)
        return form.fill(row)

    def _make_form(self, row: DirectoryRow) -> Form:
        columns = list(row._replace(key=_KEY_DIGITS))
        for place in _PLACES:
            columns[place] = columns[place] and _MARK.format(place)
        marked = DirectoryRow._make(columns)
        return Form(
            {name: Stencil.cut(registered_page(marked, self._look, words)) for name, words in WORDS.items()}
        )


def _is_alone(row: DirectoryRow) -> bool:
    """Say whether a page is of a form of its own; they are few."""
    return row.closed != "" or not row.key.isdigit() or row.address.startswith("茨城県")


def _escaped(text: str, quotations: Sequence[bytes]) -> list[bytes]:
    if text.isalnum():  # as most names are: nothing to escape anywhere
        return [text.encode()] * len(quotations)
    return [_ESCAPES[quotation](text).encode("utf-8", "replace") for quotation in quotations]


_ESCAPES: Mapping[bytes, Callable[[str], str]] = {
    b"": str,
    b"&quot;": escape,
    b"%22": in_query,
    b'\\"': in_json,
}
