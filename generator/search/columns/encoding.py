"""Writing windows as lists: what is equal is said once, frequent things in few bits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.search.columns.varints import starts, varint, varints, varints_with_offsets
from generator.search.columns.windows import Column, Windows, number_letters, shard_places

_STRENGTH_BITS = 2


class Encoded(NamedTuple):
    """One gram's list, or a part of it: its documents with classes, what follows it in each, and its ambiguous places."""

    gram: int
    part: int
    documents: bytes
    following: bytes
    places: bytes


def encode(rows: Windows, capacity: int) -> Iterator[Encoded]:
    """Yield every list of the windows, in the shards' order."""
    if len(rows.gram):
        grams, parts, number = _numbered(rows)
        table = _Table(number, rows)
        documents = _documents(table, len(grams), capacity)
        following = _following(table, len(grams))
        places = _places(table, number, rows, len(grams))
        for gram, part, *one in zip(grams, parts, documents, following, places, strict=True):
            yield Encoded(gram, part, gram.to_bytes(4, "little") + one[0], *one[1:])


def _numbered(rows: Windows) -> tuple[list[int], list[int], Column]:
    """Number the lists that occur in the order of shards; return their grams and parts, and the column in those numbers."""
    units = rows.gram.view(np.uint16)
    (firsts, first), (seconds, second) = number_letters(units[::2]), number_letters(units[1::2])
    parts = int(rows.part.max()) + 1
    flat = (first * np.uint64(len(seconds)) + second) * np.uint64(parts) + rows.part
    number = np.zeros(len(firsts) * len(seconds) * parts, np.uint32)
    number[flat] = 1
    found = np.flatnonzero(number)
    pair, part = found // parts, found % parts
    gram = (firsts[pair // len(seconds)] | seconds[pair % len(seconds)] << 16).astype(np.uint32)
    order = np.lexsort((part, gram, shard_places(gram)))
    number[found[order]] = np.arange(len(found), dtype=np.uint32)
    return gram[order].tolist(), part[order].tolist(), number[flat].astype(np.uint64)


class _Table:
    """Unique (gram, document, rank of what follows) in order; a gram's frequent followers have small ranks."""

    def __init__(self, gram: Column, rows: Windows) -> None:
        self.alphabet, self.follow = number_letters(rows.following.view(np.uint16))
        self.letter_bits = len(self.alphabet).bit_length()
        self.follow = self.follow[::2] << np.uint64(self.letter_bits) | self.follow[1::2]
        self.document_bits = int(rows.document.max()).bit_length()
        key = _packed(
            (gram, 0),
            (self.follow, 2 * self.letter_bits),
            (rows.document, self.document_bits),
            (rows.strength, 2),
        )
        key.sort()
        two, after = np.uint64(_STRENGTH_BITS), np.uint64(_STRENGTH_BITS + self.document_bits)
        key = key[np.append(key[1:] >> two != key[:-1] >> two, True)]
        begins = starts(key >> after)
        self.pair, counts = key[begins] >> after, np.diff(np.append(begins, len(key)))
        owner = self.pair >> np.uint64(2 * self.letter_bits)
        self.order = np.lexsort((self.pair, -counts, owner))
        self.rank = np.empty(len(owner), np.uint64)
        self.rank[self.order] = np.arange(len(owner)) - np.searchsorted(owner, owner)
        self.rank_bits = int(self.rank.max()).bit_length()
        document = key >> two & np.uint64((1 << self.document_bits) - 1)
        self.key = _packed(
            (np.repeat(owner, counts), 0), (document, self.document_bits),
            (np.repeat(self.rank, counts), self.rank_bits), (key & np.uint64(3), 2),
        )  # fmt: skip
        self.key.sort()
        self.strength, self.key = self.key & np.uint64(3), self.key >> two
        self.firsts = starts(self.key >> np.uint64(self.rank_bits))

    def letters_of(self, grams: int) -> list[bytes]:
        """Return the unit pairs that follow each gram, in the order of their ranks."""
        follow = self.pair[self.order] & np.uint64((1 << 2 * self.letter_bits) - 1)
        third, fourth = follow >> np.uint64(self.letter_bits), follow & np.uint64((1 << self.letter_bits) - 1)
        pairs = (self.alphabet[third] | self.alphabet[fourth] << 16).astype(np.uint32).tobytes()
        ends = np.searchsorted(self.pair >> np.uint64(2 * self.letter_bits), np.arange(grams + 1)) * 4
        return _cut(pairs, ends)


def _packed(*columns: tuple[NDArray[Any], int]) -> Column:
    """Return the columns side by side in one number each; the first may use what the others leave."""
    (key, _), *others = columns
    if int(key.max()).bit_length() + sum(bits for _, bits in others) > 64:
        raise OverflowError("these windows do not fit one number; take fewer slots at a time")
    for column, bits in others:
        key = key << np.uint64(bits)
        key |= column
    return key


def _documents(table: _Table, grams: int, capacity: int) -> Iterator[bytes]:
    key = table.key[table.firsts] >> np.uint64(table.rank_bits)
    strengths = np.maximum.reduceat(table.strength, table.firsts).astype(np.uint8)
    numbers = (key & np.uint64((1 << table.document_bits) - 1)).astype(np.int64)
    ends = np.searchsorted(key >> np.uint64(table.document_bits), np.arange(grams + 1))
    for first, last in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        body = encode_ids(numbers[first:last], capacity)
        yield (
            varint(last - first)
            + body[:1]
            + varint(len(body) - 1)
            + body[1:]
            + _packed_classes(strengths[first:last])
        )


def encode_ids(ids: Sequence[int] | NDArray[np.int64], capacity: int) -> bytes:
    """Return a form byte and ascending document numbers in their shortest form.

    Form 0: gaps. Form 1: a bit for each of ``capacity`` documents. Form 2: runs, each a gap and a length - 1.
    """
    numbers = np.asarray(ids, np.int64)
    gaps = np.diff(numbers, prepend=-1) - 1
    if len(gaps) < 2 or 2 * np.count_nonzero(gaps) >= len(gaps):
        best = b"\0" + varints(gaps)
    else:
        gaps[0] += 1
        firsts = np.flatnonzero(gaps)
        firsts = firsts if gaps[0] else np.append(0, firsts)
        gaps[0] -= 1
        runs = np.stack((gaps[firsts], np.diff(np.append(firsts, len(gaps))) - 1), axis=1)
        best = b"\2" + varints(runs.ravel())
    if len(best) > capacity // 8 + 1:
        bits = np.zeros(capacity, np.uint8)
        bits[numbers] = 1
        best = min(best, b"\1" + np.packbits(bits, bitorder="little").tobytes(), key=len)
    return best


def _packed_classes(strengths: NDArray[np.uint8]) -> bytes:
    """Four classes a byte; one byte alone when all are the same."""
    if strengths.min() == strengths.max():
        return bytes([int(strengths[0])])
    padded = np.concatenate((strengths, np.zeros(-len(strengths) % 4, np.uint8))).reshape(-1, 4)
    quads: NDArray[np.uint8] = (padded << np.array([0, 2, 4, 6], np.uint8)).sum(axis=1, dtype=np.uint8)
    return b"\xff" + quads.tobytes()


def _following(table: _Table, grams: int) -> Iterator[bytes]:
    rank = table.key & np.uint64((1 << table.rank_bits) - 1)
    column, offsets = _steps(rank, table.firsts)
    owner = table.key >> np.uint64(table.rank_bits + table.document_bits)
    parts = _cut(column, offsets[np.searchsorted(owner, np.arange(grams + 1))])
    for letters, part in zip(table.letters_of(grams), parts, strict=True):
        yield varint(len(letters) // 4) + letters + varint(len(part)) + part


def _places(table: _Table, gram: Column, rows: Windows, grams: int) -> Iterator[bytes]:
    """Yield, for each gram, which of its entries are ambiguous (gaps) and the places of each."""
    here = np.flatnonzero(rows.place)
    if not len(here):
        yield from [b"\0"] * grams
        return
    pair = gram[here] << np.uint64(2 * table.letter_bits) | table.follow[here]
    place, bits = rows.place[here], int(rows.place.max()).bit_length()
    rank = table.rank[np.searchsorted(table.pair, pair)]
    key = _packed(
        (gram[here], 0), (rows.document[here], table.document_bits), (rank, table.rank_bits), (place, bits)
    )
    key.sort()
    entry = key >> np.uint64(bits)
    firsts = starts(entry)
    at = np.searchsorted(table.key, entry[firsts])
    above = np.uint64(table.rank_bits + table.document_bits)
    owner, begins = entry[firsts] >> above, np.searchsorted(table.key >> above, np.arange(grams + 1))
    gaps, ends = varints_with_offsets(np.diff(at, prepend=-1) - 1 - _entered(at, owner, begins))
    steps, offsets = _steps(key & np.uint64((1 << bits) - 1), firsts)
    cuts = np.searchsorted(owner, np.arange(grams + 1))
    for gap, step in zip(
        _cut(gaps, ends[cuts]), _cut(steps, offsets[np.append(firsts, len(key))[cuts]]), strict=True
    ):
        yield varint(len(gap)) + gap + (varint(len(step)) + step if gap else b"")


def _entered(at: NDArray[np.int64], owner: Column, begins: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what to take off a gram's first gap, so that it counts from the gram's own first entry."""
    off = np.zeros(len(at), np.int64)
    first = starts(owner)
    off[first] = begins[owner[first].astype(np.int64)] - np.append(0, at[first[1:] - 1] + 1)
    return off


def _steps(column: Column, firsts: NDArray[np.int64]) -> tuple[bytes, NDArray[np.int64]]:
    """Return ascending runs as varints, each step doubled, plus one when another of its run follows."""
    begins = np.zeros(len(column) + 1, bool)
    begins[firsts] = begins[-1] = True
    before = np.append(np.uint64(0), column[:-1] + np.uint64(1))
    before[begins[:-1]] = 0
    return varints_with_offsets((column - before) << np.uint64(1) | ~begins[1:])


def _cut(data: bytes, ends: NDArray[np.int64]) -> list[bytes]:
    bounds = ends.tolist()
    return [data[first:last] for first, last in pairwise(bounds)]
