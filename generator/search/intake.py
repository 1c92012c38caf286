"""What a build takes from each document as it passes by: its words, its record, its facets and its place."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import orjson
import xxhash

from generator.search.document import SearchDocument
from generator.search.spool import ABILITY, CLASS_OF_FIELD, Spool, append_texts, class_texts

KIND_ORDER = (
    "programs",
    "grants",
    "events",
    "notices",
    "stories",
    "orders",
    "patents",
    "places",
    "newsletters",
    "companies",
)
_LONGEST_WORD = 20  # characters of a word worth suggesting


@dataclass(frozen=True, slots=True)
class Taken:
    """One document's place among the others; the rest of it lies in the spools."""

    key: str
    kind: str
    order: tuple[int | float | str, ...]
    digest: int
    texts: tuple[int, int, int, int, int]
    record: tuple[int, int]
    facets: tuple[tuple[str, tuple[str, ...]], ...]
    sort_key: str
    confirmed: str


@dataclass
class Intake:
    """Everything taken from the documents of one language, in two spool files and a list of places."""

    folder: Path
    taken: list[Taken] = field(default_factory=list)
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    words: Counter[str] = field(default_factory=Counter)
    _texts: BinaryIO = field(init=False)
    _records: BinaryIO = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._texts = self.texts_path.open("wb")
        self._records = self.records_path.open("wb")

    @property
    def texts_path(self) -> Path:
        """The spool of normalised texts."""
        return self.folder / "texts.spool"

    @property
    def records_path(self) -> Path:
        """The spool of records as JSON."""
        return self.folder / "records.spool"

    def add(self, document: SearchDocument) -> None:
        """Take one document."""
        facets = tuple(
            (name, tuple(self._code(name, value) for value in values))
            for name, values in document.facets.items()
            if values
        )
        record = orjson.dumps(
            [document.url, document.kind, document.title, document.brief, document.fields, dict(facets)]
        )
        start = self._records.tell()
        self._records.write(record)
        for name, text in document.fields.items():
            if CLASS_OF_FIELD.get(name) == ABILITY:
                self.words.update(
                    w for line in text.split("\n") if 1 < len(w := line.strip()) <= _LONGEST_WORD
                )
        place = f"{document.rank}\n{document.sort_key}\n{document.confirmed}\n{document.key}"
        self.taken.append(
            Taken(
                key=document.key,
                kind=document.kind,
                order=_order(document, dict(facets)),
                digest=xxhash.xxh3_64_intdigest(record + place.encode()),
                texts=append_texts(self._texts, class_texts(document)),
                record=(start, start + len(record)),
                facets=facets,
                sort_key=document.sort_key,
                confirmed=document.confirmed,
            )
        )

    def close(self) -> None:
        """Flush both spools; they are read from now on."""
        self._texts.close()
        self._records.close()

    def remove(self) -> None:
        """Delete the spools."""
        self.texts_path.unlink(missing_ok=True)
        self.records_path.unlink(missing_ok=True)

    def spool(self, at: list[Taken | None]) -> Spool:
        """Return the texts in the order of document numbers; a hole has none."""
        bounds = array("Q")
        for one in at:
            bounds.extend(one.texts if one else (0, 0, 0, 0, 0))
        return Spool(self.texts_path, bounds)

    def _code(self, facet: str, value: str) -> str:
        code, _, label = value.partition("\t")
        self.labels.setdefault((facet, code), label or code)
        return code


def _order(document: SearchDocument, facets: dict[str, tuple[str, ...]]) -> tuple[int | float | str, ...]:
    """Put what is alike side by side: equal neighbours make short lists."""
    kind = KIND_ORDER.index(document.kind) if document.kind in KIND_ORDER else len(KIND_ORDER)
    town = facets.get("municipality", ("",))[0]
    industry = facets.get("industry", ("",))[0]
    newest_first = document.kind != "companies"
    dated = "".join(chr(0x10FFFF - ord(c)) for c in document.sort_key[:10]) if newest_first else ""
    return (kind, document.kind, -document.rank, dated, town, industry, document.sort_key, document.key)
