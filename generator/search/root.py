"""The first file a browser reads, and the words it may suggest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import groupby, pairwise
from operator import xor
from pathlib import Path

import orjson

from generator.search.columns.varints import varint
from generator.search.normalise import rules_data
from generator.search.packing import pack_text
from generator.search.records import GROUP, opening
from generator.search.state import IndexState
from generator.search.writing import Written, write_if_changed

_SUGGESTED_WORDS = 3_000
_SUGGESTED_FACETS = frozenset(("municipality", "process", "material", "certification", "industry", "topic"))


@dataclass(frozen=True, slots=True)
class Root:
    """What the first file says of the index; the state keeps it from one build to the next."""

    bounds: list[int]  # first place of each shard
    divided: list[int]  # those of frequent grams, whose lists are
    facets: dict[str, int]  # files of each facet
    dictionary: str  # of the records
    kinds: list[tuple[str, int]]  # of documents in the order of numbers, how many in a row
    generation: int  # changes with any document, so that no browser mixes files of two builds


def kinds_of(state: IndexState) -> list[tuple[str, int]]:
    """Return the kinds of all documents in the order of numbers, as runs; a hole has none."""
    kinds = [""] * state.capacity()
    for number, kind in state.column("kind"):
        kinds[number] = kind
    return [(kind, len([*run])) for kind, run in groupby(kinds)]


def generation_of(state: IndexState) -> int:
    """Return one number from all documents' digests, which can be brought up to date from those that changed."""
    return reduce(xor, (int(digest) for _, digest in state.column("digest")), 0)


def write_root(state: IndexState, folder: Path, root: Root) -> Written:
    """Write ``root.bin`` (normaliser, shard bounds, kinds, the records' dictionary) and ``words.bin``."""
    head = orjson.dumps(
        {
            "generation": f"{root.generation & (1 << 64) - 1:x}",
            "capacity": sum(count for _, count in root.kinds),
            "group": GROUP,
            "kinds": root.kinds,
            "facets": root.facets,
            "shards": len(root.bounds),
            "rules": {name: value for name, value in rules_data().items() if name != "about"},
        }
    )
    divided = {*root.divided}
    steps = b"".join(varint((b - a) << 1 | (b in divided)) for a, b in pairwise([0, *root.bounds]))
    packed = pack_text(b"".join((varint(len(head)), head, steps)))
    start = opening(root.dictionary.encode())
    words = pack_text(orjson.dumps(_words(state)))
    return write_if_changed(
        folder / "root.bin", b"".join((len(packed).to_bytes(4, "little"), packed, start))
    ) + write_if_changed(folder / "words.bin", words)


def _words(state: IndexState) -> list[str]:
    """Return the words worth suggesting, the frequent first, then what facets' values are called."""
    labels = [label for (facet, _), label in sorted(state.labels().items()) if facet in _SUGGESTED_FACETS]
    return [*dict.fromkeys([*state.frequent_words(_SUGGESTED_WORDS - len(labels)), *labels])]
