"""Windows of four characters as columns of numbers: sorted, counted and written by numpy instead of one by one.

A window's first two UTF-16 units are its *gram*, the last two what follows it. A window is *ambiguous* in a document
where the text parts: its first two characters are followed by others too, or its last two preceded by others. Only
then must its place be known to say whether windows two characters apart stand in one piece: where nothing parts, each
brings the next with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.uint64]
_SEPARATOR = 10  # three line feeds follow every field, so that each window stays inside one field


class Windows(NamedTuple):
    """One row a window: gram and following unit pairs, document number, class, and place + 1 where ambiguous, else 0."""

    gram: NDArray[np.uint32]
    following: NDArray[np.uint32]
    document: NDArray[np.uint32]
    strength: NDArray[np.uint8]
    place: NDArray[np.uint32]


class Spooled(NamedTuple):
    """Texts of consecutive documents: UTF-16 units, a mark for each (class, and 4 when ambiguous), units a document."""

    units: bytes
    marks: bytes
    lengths: bytes


def spool(texts: Sequence[Sequence[str]]) -> Spooled:
    """Lay the texts of documents (by class, fields closed by three line feeds) side by side and mark their windows."""
    pieces = [text.encode("utf-16-le", "surrogatepass") for one in texts for text in one]
    sizes = np.array([len(piece) // 2 for piece in pieces], np.int64).reshape(len(texts), -1)
    units = np.frombuffer(b"".join(pieces), np.uint16)
    classes = np.repeat(np.tile(np.arange(sizes.shape[1], dtype=np.uint8), len(texts)), sizes.ravel())
    lengths = sizes.sum(axis=1).astype(np.uint32)
    document = np.repeat(np.arange(len(texts), dtype=np.uint64), lengths)
    return Spooled(units.tobytes(), (classes | _ambiguous(units, document) << 2).tobytes(), lengths.tobytes())


def _ambiguous(units: NDArray[np.uint16], document: Column) -> NDArray[np.uint8]:
    """Say of each window whether its document parts behind its first, or before its last, two characters."""
    count = len(units)
    padded = np.concatenate((np.full(2, _SEPARATOR, np.uint16), units, np.full(4, _SEPARATOR, np.uint16)))
    pairs = _pairs(padded[:-1], padded[1:])
    key = document << np.uint64(32) | pairs[2 : 2 + count]
    order = np.argsort(key)
    key = key[order]
    fresh = np.append(True, key[1:] != key[:-1])
    group = np.cumsum(fresh) - 1
    ways = np.zeros((2, count + 2), np.uint8)  # 1 where two characters have several neighbours: before, after
    for way, side in zip(ways, (pairs[:count], pairs[4 : 4 + count]), strict=True):
        beside = side[order]
        mixed = np.zeros(count + 1, np.uint8)
        mixed[group[1:][~fresh[1:] & (beside[1:] != beside[:-1])]] = 1
        way[order] = mixed[group]
    inside = padded != _SEPARATOR
    whole = inside[2 : 2 + count] & inside[3 : 3 + count] & inside[4 : 4 + count] & inside[5 : 5 + count]
    ways[1, :-2] |= ways[0, 2:]
    ways[1, :-2] &= whole
    return ways[1, :-2]


def number_letters(units: NDArray[np.uint16]) -> tuple[NDArray[np.int64], Column]:
    """Number the characters that occur, in their order; return them and the text in those numbers."""
    present = np.zeros(0x10000, bool)
    present[units] = True
    return np.flatnonzero(present), (np.cumsum(present, dtype=np.uint64) - np.uint64(1))[units]


def windows(spooled: Spooled, first: int, slots: range) -> Windows:
    """Return the windows whose first character falls into ``slots``; the first document has number ``first``."""
    units = np.concatenate((np.frombuffer(spooled.units, np.uint16), np.full(3, _SEPARATOR, np.uint16)))
    lengths = np.frombuffer(spooled.lengths, np.uint32)
    at = np.flatnonzero(_firsts_in(slots)[units[:-3]])
    marks = np.frombuffer(spooled.marks, np.uint8)[at]
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)))
    own = np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths)[at]
    return Windows(
        gram=_pairs(units[at], units[at + 1]),
        following=_pairs(units[at + 2], units[at + 3]),
        document=own + np.uint32(first),
        strength=marks & np.uint8(3),
        place=np.where(marks & 4, at - starts[own] + 1, 0).astype(np.uint32),
    )


def windows_by_slot(spooled: Spooled) -> list[int]:
    """Count the windows by the slot of their first character."""
    units = np.frombuffer(spooled.units, np.uint16)
    counts = np.bincount(_slot(units[units != _SEPARATOR].astype(np.int64)), minlength=256)
    return [int(count) for count in counts]


@lru_cache(maxsize=4)
def _firsts_in(slots: range) -> NDArray[np.bool_]:
    every = np.arange(0x10000)
    mine = np.isin(_slot(every), np.arange(slots.start, slots.stop))
    mine[_SEPARATOR] = False
    return mine


def _pairs(low: NDArray[np.uint16], high: NDArray[np.uint16]) -> NDArray[np.uint32]:
    return low | high.astype(np.uint32) << np.uint32(16)


def joined(parts: Iterable[Windows]) -> Windows:
    """Return several windows' columns as one."""
    gram, following, document, strength, place = zip(*parts, strict=True)
    return Windows(
        np.concatenate(gram),
        np.concatenate(following),
        np.concatenate(document),
        np.concatenate(strength),
        np.concatenate(place),
    )


def without(rows: Windows, documents: Collection[int]) -> Windows:
    """Return the rows of all documents but some, which are at least one."""
    leaving = np.zeros(1 + max(int(rows.document.max(initial=0)), *documents), bool)
    leaving[[*documents]] = True
    return _chosen(rows, ~leaving[rows.document])


def of_grams(rows: Windows, grams: Iterable[int]) -> Windows:
    """Return the rows of some grams."""
    keep = np.isin(rows.gram, np.array([*grams], np.uint32))
    return _chosen(rows, keep)


def _chosen(rows: Windows, keep: NDArray[np.bool_]) -> Windows:
    gram, following, document, strength, place = rows
    return Windows(gram[keep], following[keep], document[keep], strength[keep], place[keep])


def differing_grams(before: Windows, after: Windows) -> list[int]:
    """Return the grams that do not say the same before and after."""

    def told(rows: Windows) -> set[tuple[int, ...]]:
        return {*zip(*(column.tolist() for column in rows), strict=True)}

    return sorted({gram for gram, *_ in told(before) ^ told(after)})


def gram_hash(gram: int) -> int:
    """Return where a gram (first unit in the low half) is kept: grams of one first character lie together."""
    return int(shard_places(np.array([gram], np.uint64))[0])


def _slot(units: NDArray[Any]) -> NDArray[Any]:
    """Spread characters over 256 slots; the browser computes the same (codec.js)."""
    return ((units * 0x9E37) & 0xFFFF) >> 8


def shard_places(grams: NDArray[Any]) -> NDArray[np.int64]:
    """Return where grams are kept (see ``gram_hash``)."""
    wide = grams.astype(np.int64)
    return np.asarray(_slot(wide & 0xFFFF) << 8 | _slot(wide >> 16), np.int64)


def documents_of(rows: Windows) -> set[int]:
    """Return the numbers of the documents that hold some windows."""
    return set(np.unique(rows.document).tolist())
