"""Taking documents in: each becomes one row of the state, unless it stands in the index exactly so."""

from __future__ import annotations

from dataclasses import dataclass, field

import orjson
import xxhash

from generator.search.document import SearchDocument
from generator.search.state import IndexState, Row

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


@dataclass
class Intake:
    """Takes the documents of one language, and remembers which it saw and which are gone."""

    state: IndexState
    gone: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _labels: dict[tuple[str, str], str] = field(default_factory=dict)
    _codes: dict[tuple[str, str], str] = field(default_factory=dict)
    _holds: bool = field(init=False)

    def __post_init__(self) -> None:
        self._labels = self.state.labels()
        self._holds = len(self.state) > 0

    def add(self, source: str, document: SearchDocument) -> None:
        """Take one document of a source."""
        facets = {
            name: [
                self._codes.get((name, value)) or self._code(name, value) for value in dict.fromkeys(values)
            ]
            for name, values in document.facets.items()
            if values
        }
        record = orjson.dumps(
            [document.url, document.kind, document.title, document.brief, document.fields, facets]
        )
        rest = f"{document.rank}\n{document.sort_key}\n{document.confirmed}\n{document.key}\n{source}"
        digest = xxhash.xxh3_64_intdigest(record + rest.encode()) - (1 << 63)
        self._seen.add(document.key)
        if not self._holds or not self.state.is_known(document.key, digest):
            place = _place(document, facets)
            key, kind, day = document.key, document.kind, document.confirmed
            self.state.take(Row(key, source, kind, place, digest, document.sort_key, day, record))

    def without(self, source: str) -> None:
        """Let go of the source's documents that were not among those taken."""
        self.gone |= self.state.keys(source) - self._seen

    def _code(self, facet: str, value: str) -> str:
        code, _, label = value.partition("\t")
        label = label or code
        self._codes[facet, value] = code
        if self._labels.get((facet, code)) != label:
            self._labels[facet, code] = label
            self.state.label(facet, code, label)
        return code


def _place(document: SearchDocument, facets: dict[str, list[str]]) -> str:
    """Put what is alike side by side: equal neighbours make short lists."""
    kind = KIND_ORDER.index(document.kind) if document.kind in KIND_ORDER else len(KIND_ORDER)
    town = facets.get("municipality", [""])[0]
    industry = facets.get("industry", [""])[0]
    newest_first = document.kind != "companies"
    dated = "".join(chr(0x10FFFF - ord(c)) for c in document.sort_key[:10]) if newest_first else ""
    rank = f"{1e6 - document.rank:015.4f}"
    return "\x1f".join((f"{kind:02d}", document.kind, rank, dated, town, industry, document.sort_key))
