"""The grams' lists, cut into small files; a changed document rewrites only the files that hold its grams.

A shard is a file of lists (``.w``: documents with classes, and what follows in each) and one of the places of ambiguous
windows (``.p``). A frequent place has a shard of its own, which is divided: its own files tell the documents of its grams,
sixteen more what follows. What later comes to lie between it and the next shard is kept in its own files, undivided.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.search.columns.decoding import decode, split
from generator.search.columns.division import PARTS, divided, frequent_places
from generator.search.columns.encoding import Encoded, encode
from generator.search.columns.spool import load_windows
from generator.search.columns.varints import varint
from generator.search.columns.windows import (
    Windows,
    differing_lists,
    documents_of,
    joined,
    of_lists,
    shard_place,
    without,
)
from generator.search.packing import pack_numbers, unpack
from generator.search.writing import Written, write_if_changed

TARGET_BYTES = 2_500  # of lists in a shard before compression
FREQUENT = 12_000  # windows of a place whose lists are divided


@dataclass(frozen=True)
class ShardTask:
    """One worker's share: the grams whose first character falls into ``slots`` (of 256)."""

    spools: tuple[tuple[int, Path], ...]  # number of the first document, file
    folder: Path
    slots: range
    capacity: int


@dataclass(frozen=True)
class ShardReport:
    """What a worker made: the first place of each shard, in order, the divided places, and files by what became of them."""

    bounds: tuple[int, ...]
    divided: tuple[int, ...]
    written: Written


def make_shards(task: ShardTask) -> ShardReport:
    """Read this worker's windows and write their shards."""
    rows = joined(load_windows(path, task.slots, first) for first, path in task.spools)
    frequent = {*frequent_places(rows, FREQUENT)}
    rows = divided(rows, frequent)  # nothing keeps them as they were: they are the most that a worker holds
    written, bounds = Written(), []
    for bound, entries in _cut(encode(rows, task.capacity), task.slots.start << 8, frequent):
        bounds.append(bound)
        for part in range(PARTS + 1 if bound in frequent else 1):
            of_part = [one for one in entries if one.part == part]
            written += _write(task.folder / list_name(bound, part), of_part)
    return ShardReport(tuple(bounds), tuple(sorted(frequent)), written)


def list_name(bound: int, part: int) -> str:
    """Return the name of a shard's own files, or of one of its parts, from 1."""
    return f"{bound:04x}-{part - 1:x}" if part else f"{bound:04x}"


def _cut(
    encoded: Iterable[Encoded], start: int, alone: Collection[int]
) -> Iterator[tuple[int, list[Encoded]]]:
    """Cut the ordered lists into shards of about TARGET_BYTES; those of one place stay together, of some places alone.

    Yield each shard's first place (``start`` where there is no list at all) and its lists.
    """
    entries: list[Encoded] = []
    size, first, last = 0, start, -1
    for one in encoded:
        place, length = shard_place(one.gram), len(one.documents) + len(one.following)
        if entries and place != last and (size + length > TARGET_BYTES or place in alone or last in alone):
            yield first, entries
            entries, size = [], 0
        first = first if entries else place
        entries.append(one)
        size += length
        last = place
    yield first, entries


def _write(path: Path, entries: Sequence[Encoded]) -> Written:
    lists = (varint(len(entries)), *(one.documents for one in entries), *(one.following for one in entries))
    return write_if_changed(path.with_suffix(".w"), pack_numbers(b"".join(lists))) + write_if_changed(
        path.with_suffix(".p"), pack_numbers(b"".join(one.places for one in entries))
    )


def _read(path: Path, part: int) -> dict[int, Encoded]:
    lists, places = (unpack(path.with_suffix(end).read_bytes()) for end in (".w", ".p"))
    return {one.gram: one for one in split(lists, places, part)}


def amend_shards(
    folder: Path,
    bounds: Sequence[int],
    large: Collection[int],
    capacity: int,
    *,
    change: tuple[Windows, Windows],
) -> Written:
    """Bring the shards up to date with some documents' windows as they were and as they are."""

    before, after = (divided(rows, large) for rows in change)
    touched: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for gram, part in differing_lists(before, after):
        touched[_bound_of(shard_place(gram), bounds), part].append(gram)
    documents = documents_of(before) | documents_of(after)
    written = Written()
    for (bound, part), grams in touched.items():
        path = folder / list_name(bound, part)
        entries = _read(path, part)
        old = [decode(entries.pop(gram)) for gram in grams if gram in entries]
        kept = [without(rows, documents) for rows in old]
        rows = joined([*kept, of_lists(after, [(gram, part) for gram in grams])])
        entries |= {one.gram: one for one in encode(rows, capacity)}
        order = sorted(entries, key=lambda gram: (shard_place(gram), gram))
        written += _write(path, [entries[gram] for gram in order])
    return written


def _bound_of(place: int, bounds: Sequence[int]) -> int:
    """Return the shard that holds a place; what lies before the first is in the first."""
    return bounds[max(0, bisect_right(bounds, place) - 1)]
