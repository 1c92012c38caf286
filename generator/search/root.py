"""The first file a browser reads, and the words it may suggest."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from pathlib import Path

import orjson
import xxhash

from generator.search.columns.varints import varint
from generator.search.normalise import rules_data
from generator.search.records import GROUP, opening
from generator.search.shards import deflate
from generator.search.state import IndexState
from generator.search.writing import Written, write_if_changed

_SUGGESTED_WORDS = 3_000
_SUGGESTED_FACETS = frozenset(("municipality", "process", "material", "certification", "industry", "topic"))


def write_root(
    state: IndexState, folder: Path, *, bounds: Sequence[int], facets: dict[str, int], dictionary: bytes
) -> Written:
    """Write ``root.bin`` (normaliser, shard bounds, kinds, the records' dictionary) and ``words.bin``."""
    capacity = state.capacity()
    kinds = [""] * capacity
    for number, kind in state.column("kind"):
        kinds[number] = kind
    digests = ",".join(f"{digest}" for _, digest in state.column("digest"))
    head = orjson.dumps(
        {
            "generation": xxhash.xxh3_64_hexdigest(digests.encode()),
            "capacity": capacity,
            "group": GROUP,
            "kinds": [[kind, len([*run])] for kind, run in groupby(kinds)],
            "facets": facets,
            "shards": len(bounds),
            "rules": {name: value for name, value in rules_data().items() if name != "about"},
        }
    )
    steps = b"".join(map(varint, [bounds[0], *(b - a for a, b in pairwise(bounds))]))
    packed = deflate(b"".join((varint(len(head)), head, steps)))
    root = b"".join((len(packed).to_bytes(4, "little"), packed, opening(dictionary)))
    words = deflate(orjson.dumps(_words(state)))
    return write_if_changed(folder / "root.bin", root) + write_if_changed(folder / "words.bin", words)


def _words(state: IndexState) -> list[str]:
    """Return the words worth suggesting, the frequent first, then what facets' values are called."""
    labels = [label for (facet, _), label in sorted(state.labels().items()) if facet in _SUGGESTED_FACETS]
    return [*dict.fromkeys([*state.frequent_words(_SUGGESTED_WORDS - len(labels)), *labels])]
