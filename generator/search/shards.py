"""The grams' lists, cut into small files; a changed document rewrites only the files that hold its grams.

A shard is three files: ``.d`` documents with classes, ``.n`` what follows in each, ``.p`` places of ambiguous windows.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.search.columns.decoding import decode, split
from generator.search.columns.encoding import Encoded, encode
from generator.search.columns.varints import varint
from generator.search.columns.windows import (
    Spooled,
    Windows,
    differing_grams,
    documents_of,
    gram_hash,
    joined,
    of_grams,
    windows,
    without,
)
from generator.search.writing import Written, write_if_changed

_LEVEL = 6  # of compression; 9 costs three times as much and saves four thousandths
TARGET_BYTES = 2_500  # of lists in a shard before compression


@dataclass(frozen=True)
class ShardTask:
    """One worker's share: the grams whose first character falls into ``slots`` (of 256)."""

    spools: tuple[tuple[int, Path], ...]  # number of the first document, file
    folder: Path
    slots: range
    capacity: int


@dataclass(frozen=True)
class ShardReport:
    """What a worker made: the first hash of each shard, in order, and its files by what became of them."""

    bounds: tuple[int, ...]
    written: Written
    grams: int


def save_spool(path: Path, spooled: Spooled) -> None:
    """Write the texts of some documents for the workers."""
    count = (len(spooled.lengths) // 4).to_bytes(8, "little")
    path.write_bytes(b"".join((count, spooled.lengths, spooled.units, spooled.marks)))


def _load_spool(path: Path) -> Spooled:
    data = path.read_bytes()
    texts = 8 + 4 * int.from_bytes(data[:8], "little")
    marks = texts + 2 * ((len(data) - texts) // 3)
    return Spooled(data[texts:marks], data[marks:], data[8:texts])


def make_shards(task: ShardTask) -> ShardReport:
    """Read all texts, keep this worker's grams, and write their shards."""
    rows = joined(windows(_load_spool(path), first, task.slots) for first, path in task.spools)
    written, bounds, grams = Written(), [], 0
    for first, entries in _cut(encode(rows, task.capacity), task.slots.start << 8):
        bounds.append(first)
        grams += len(entries)
        written += _write(task.folder / f"{first:04x}", entries)
    return ShardReport(tuple(bounds), written, grams)


def _cut(encoded: Iterable[Encoded], first: int) -> Iterator[tuple[int, list[Encoded]]]:
    """Cut the ordered grams into shards of about TARGET_BYTES; grams of one place stay together."""
    entries: list[Encoded] = []
    size, last = 0, first
    for one in encoded:
        place = gram_hash(one.gram)
        if entries and place != last and size + len(one.documents) > TARGET_BYTES:
            yield first, entries
            first, entries, size = place, [], 0
        entries.append(one)
        size += len(one.documents)
        last = place
    yield first, entries


def _write(path: Path, entries: Sequence[Encoded]) -> Written:
    documents = varint(len(entries)) + b"".join(one.documents for one in entries)
    return (
        write_if_changed(path.with_suffix(".d"), deflate(documents))
        + write_if_changed(path.with_suffix(".n"), deflate(b"".join(one.following for one in entries)))
        + write_if_changed(path.with_suffix(".p"), deflate(b"".join(one.places for one in entries)))
    )


def _read(path: Path) -> dict[int, Encoded]:
    documents, following, places = (
        zlib.decompress(path.with_suffix(end).read_bytes(), -15) for end in (".d", ".n", ".p")
    )
    return {one.gram: one for one in split(documents, following, places)}


def amend_shards(
    folder: Path, bounds: Sequence[int], capacity: int, before: Windows, after: Windows
) -> Written:
    """Bring the shards up to date with some documents' windows as they were and as they are."""
    touched: defaultdict[int, list[int]] = defaultdict(list)
    for gram in differing_grams(before, after):
        touched[bounds[bisect_right(bounds, gram_hash(gram)) - 1]].append(gram)
    documents = documents_of(before) | documents_of(after)
    written = Written()
    for bound, grams in touched.items():
        path = folder / f"{bound:04x}"
        entries = _read(path)
        old = [decode(entries.pop(gram)) for gram in grams if gram in entries]
        kept = [without(rows, documents) for rows in old]
        rows = joined([*kept, of_grams(after, grams)])
        entries |= {one.gram: one for one in encode(rows, capacity)}
        order = sorted(entries, key=lambda gram: (gram_hash(gram), gram))
        written += _write(path, [entries[gram] for gram in order])
    return written


def deflate(data: bytes) -> bytes:
    """Compress as the browser's ``deflate-raw`` reads it."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15, 9)
    return packer.compress(data) + packer.flush()
