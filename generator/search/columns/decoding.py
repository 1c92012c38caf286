"""Reading lists back into windows, so that a changed document can be taken out and put in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.search.columns.encoding import Encoded
from generator.search.columns.varints import numbers_of, read_varint
from generator.search.columns.windows import Column, Windows


def split(lists: bytes, places: bytes, part: int) -> Iterator[Encoded]:
    """Yield the lists of a file and of the places beside it."""
    count, at = read_varint(lists, 0)
    bounds = []
    for _ in range(count):
        start = at
        held, at = read_varint(lists, at + 4)
        size, at = read_varint(lists, at + 1)
        at += size
        at += 1 if lists[at] < 4 else 1 + (held + 3) // 4
        bounds.append((start, at))
    beside = 0
    for start, end in bounds:
        follow, place = at, beside
        letters, at = read_varint(lists, at)
        size, at = read_varint(lists, at + 4 * letters)
        at += size
        size, beside = read_varint(places, beside)
        if size:
            size, beside = read_varint(places, beside + size)
            beside += size
        gram = int.from_bytes(lists[start : start + 4], "little")
        yield Encoded(gram, part, lists[start:end], lists[follow:at], places[place:beside])


def decode(encoded: Encoded) -> Windows:
    """Return the windows of one list; each has its document's class, which is all that a shard keeps."""
    count, at = read_varint(encoded.documents, 4)
    form = encoded.documents[at]
    size, at = read_varint(encoded.documents, at + 1)
    numbers = decode_ids(form, encoded.documents[at : at + size], count)
    packed = np.frombuffer(encoded.documents, np.uint8)[at + size :]
    strengths = np.full(count, packed[0]) if packed[0] < 4 else _classes(packed[1:], count)
    total, at = read_varint(encoded.following, 0)
    letters = np.frombuffer(encoded.following[at : at + 4 * total], np.uint32)
    _, at = read_varint(encoded.following, at + 4 * total)
    rank, firsts = _unstepped(numbers_of(encoded.following[at:]))
    each = np.diff(np.append(firsts, len(rank)))
    entry, place = _ambiguous_places(encoded.places)
    plain = np.ones(len(rank), bool)
    plain[entry] = False
    plain = np.flatnonzero(plain)
    entry = np.concatenate((plain, entry))
    place = np.concatenate((np.zeros(len(plain), np.uint64), place))
    return Windows(
        np.full(len(entry), encoded.gram, np.uint32),
        np.full(len(entry), encoded.part, np.uint8),
        letters[rank[entry]],
        np.repeat(numbers, each)[entry].astype(np.uint32),
        np.repeat(strengths, each)[entry].astype(np.uint8),
        place.astype(np.uint32),
    )


def _ambiguous_places(data: bytes) -> tuple[NDArray[np.int64], Column]:
    size, at = read_varint(data, 0)
    if not size:
        return np.zeros(0, np.int64), np.zeros(0, np.uint64)
    entries = np.cumsum(numbers_of(data[at : at + size]).astype(np.int64) + 1) - 1
    _, at = read_varint(data, at + size)
    places, firsts = _unstepped(numbers_of(data[at:]))
    return np.repeat(entries, np.diff(np.append(firsts, len(places)))), places.astype(np.uint64)


def decode_ids(form: int, body: bytes, count: int) -> NDArray[np.int64]:
    """Return the document numbers that ``encode_ids`` wrote."""
    if form == 1:
        return np.flatnonzero(np.unpackbits(np.frombuffer(body, np.uint8), bitorder="little"))
    values = numbers_of(body).astype(np.int64)
    gaps = values
    if form == 2:
        gaps = np.zeros(count, np.int64)
        lengths = values[1::2] + 1
        gaps[np.cumsum(lengths) - lengths] = values[::2]
    return np.cumsum(gaps + 1) - 1


def _classes(packed: NDArray[np.uint8], count: int) -> NDArray[Any]:
    return (packed[:, None] >> np.array([0, 2, 4, 6], np.uint8) & 3).ravel()[:count]


def _unstepped(symbols: Column) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the runs that ``_steps`` wrote, and where each begins."""
    more = (symbols & np.uint64(1)).astype(bool)
    firsts = np.flatnonzero(np.append(True, ~more[:-1]))
    total = np.cumsum((symbols >> np.uint64(1)).astype(np.int64) + 1)
    before = np.append(0, total)[firsts]
    return total - 1 - np.repeat(before, np.diff(np.append(firsts, len(symbols)))), firsts
