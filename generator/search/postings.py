"""Which documents hold which two characters, and which two follow them: the index itself, cut into shards.

A window is four UTF-16 units of one field. Its first two are the *gram* a shard is found by; the last two are
the gram's *continuation* in that document, so that words up to four characters are answered exactly.
"""

from __future__ import annotations

import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from generator.search.spool import END, Spool
from generator.search.varint import encode_ids, varint, varints
from generator.search.writing import Written, write_if_changed

CLASSES = 2  # bits of a match's class
TARGET_BYTES = 3_500  # of lists in a shard before compression
_SEPARATOR = ord(END[0])
_PHASES = (0, 2, 4, 6)  # byte offsets from which a UTF-16 text is read as windows of eight bytes


@dataclass(frozen=True)
class ShardTask:
    """One worker's share: the grams whose first character falls into ``slots`` (of 256)."""

    spool: Spool
    folder: Path
    slots: range
    bounds: tuple[int, ...] | None  # first hash of each shard of an earlier build, to keep its files stable


@dataclass(frozen=True)
class ShardReport:
    """What a worker made: the first hash of each shard, in order, and its files by what became of them."""

    bounds: tuple[int, ...]
    written: Written
    grams: int
    postings: int


def slot(unit: int) -> int:
    """Spread characters over 256 slots; the browser computes the same (codec.js)."""
    return ((unit * 0x9E37) & 0xFFFF) >> 8


def gram_hash(gram: int) -> int:
    """Return where a gram (first unit in the low half) is kept: grams of one first character lie together."""
    return slot(gram & 0xFFFF) << 8 | slot(gram >> 16)


def make_shards(task: ShardTask) -> ShardReport:
    """Read all texts, keep this worker's grams, and write their shards."""
    postings = _collect(task)
    ordered = sorted(postings, key=lambda gram: (gram_hash(gram), gram))
    encoded = ((gram, *_encode(postings.pop(gram), len(task.spool))) for gram in ordered)
    written = Written()
    bounds: list[int] = []
    grams = total = 0
    for first, entries in _cut(encoded, task):
        bounds.append(first)
        grams += len(entries)
        total += sum(entry[1] for entry in entries)
        documents = b"".join((varint(len(entries)), *(entry[2] for entry in entries)))
        following = b"".join(entry[3] for entry in entries)
        written += write_if_changed(task.folder / f"{first:04x}.d", deflate(documents))
        written += write_if_changed(task.folder / f"{first:04x}.n", deflate(following))
    return ShardReport(tuple(bounds), written, grams, total)


def deflate(data: bytes, *, dictionary: bytes = b"") -> bytes:
    """Compress as the browser's ``deflate-raw`` reads it."""
    packer = (
        zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, dictionary)
        if dictionary
        else zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    )
    return packer.compress(data) + packer.flush()


def _collect(task: ShardTask) -> dict[int, array[int]]:
    """Map each gram to entries (document << 34 | continuation << 2 | class), documents ascending."""
    mine = bytearray(unit != _SEPARATOR and slot(unit) in task.slots for unit in range(0x10000))
    postings: defaultdict[int, array[int]] = defaultdict(lambda: array("Q"))
    for number, strength, text in task.spool.segments():
        windows: set[int] = set()
        for phase in _PHASES:
            whole = (len(text) - phase) // 8 * 8
            windows.update(text[phase : phase + whole].cast("Q"))
        mark = number << 34 | strength
        for window in windows:
            if mine[window & 0xFFFF]:
                postings[window & 0xFFFFFFFF].append(mark | window >> 32 << CLASSES)
    return postings


def _encode(entries: array[int], capacity: int) -> tuple[int, bytes, bytes]:
    """Return (document count, list with classes, continuations) of one gram; the gram itself is added by _cut."""
    counts = Counter(entry >> CLASSES & 0xFFFFFFFF for entry in entries)
    alphabet = sorted(counts, key=lambda following: (-counts[following], following))
    rank = {following: place for place, following in enumerate(alphabet)}
    numbers, strengths, symbols = _columns(entries, rank)
    form, body = encode_ids(numbers, capacity)
    documents = b"".join((varint(len(numbers)), bytes([form]), varint(len(body)), body, _pack(strengths)))
    column = varints(symbols)
    letters = array("I", alphabet).tobytes()
    return len(numbers), documents, b"".join((varint(len(alphabet)), letters, varint(len(column)), column))


def _columns(entries: array[int], rank: dict[int, int]) -> tuple[list[int], list[int], list[int]]:
    """Return documents, their strongest classes, and the ranks of their continuations.

    A rank stands doubled, plus one when another of the same document follows, as its distance to the one before.
    """
    numbers: list[int] = []
    strengths: list[int] = []
    symbols: list[int] = []
    current = -1
    several: set[int] = set()
    for entry in entries:
        place = rank[entry >> CLASSES & 0xFFFFFFFF]
        number = entry >> 34
        if number != current:
            if several:
                symbols[-1:] = _steps(several)
                several = set()
            current = number
            numbers.append(number)
            strengths.append(entry & 3)
            symbols.append(place << 1)
            continue
        several = several or {symbols[-1] >> 1}
        several.add(place)
        strengths[-1] = max(strengths[-1], entry & 3)
    if several:
        symbols[-1:] = _steps(several)
    return numbers, strengths, symbols


def _steps(several: set[int]) -> list[int]:
    places = sorted(several)
    steps = [places[0] << 1 | 1, *((b - a - 1) << 1 | 1 for a, b in pairwise(places))]
    steps[-1] &= ~1
    return steps


def _pack(strengths: list[int]) -> bytes:
    """Four classes a byte; one byte alone when all are the same."""
    if len(set(strengths)) == 1:
        return bytes([strengths[0]])
    padded = strengths + [0] * (-len(strengths) % 4)
    quads = (
        padded[i] | padded[i + 1] << 2 | padded[i + 2] << 4 | padded[i + 3] << 6
        for i in range(0, len(padded), 4)
    )
    return b"\xff" + bytes(quads)


Entry = tuple[int, int, bytes, bytes]  # hash, document count, documents, continuations


def _cut(
    encoded: Iterator[tuple[int, int, bytes, bytes]], task: ShardTask
) -> Iterator[tuple[int, list[Entry]]]:
    """Cut the ordered grams into shards of about TARGET_BYTES, or at the bounds of an earlier build."""
    given = list(task.bounds[1:]) if task.bounds else None
    first = task.bounds[0] if task.bounds else task.slots.start << 8
    entries: list[Entry] = []
    size = 0
    for gram, count, documents, following in encoded:
        place = gram_hash(gram)
        while given and given[0] <= place:
            yield first, entries
            first, entries = given.pop(0), []
        if given is None and entries and place != entries[-1][0] and size + len(documents) > TARGET_BYTES:
            yield first, entries
            first, entries, size = place, [], 0
        entries.append((place, count, gram.to_bytes(4, "little") + documents, following))
        size += len(documents)
    yield first, entries
    for bound in given or ():
        yield bound, []
