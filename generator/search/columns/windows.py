"""Windows of four characters as columns of numbers: sorted, counted and written by numpy instead of one by one.

A window's first two UTF-16 units are its *gram*, the last two what follows it. A window is *ambiguous* in a document
where the text parts: its first two characters are followed by others too, or its last two preceded by others. Only
then must its place be known to say whether windows two characters apart stand in one piece: where nothing parts, each
brings the next with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.uint64]
_SEPARATOR = 10  # three line feeds follow every field, so that each window stays inside one field


class Windows(NamedTuple):
    """One row a window: gram and following unit pairs, document number, class, and place + 1 where ambiguous, else 0.

    ``part`` is 0, or says in which part of a divided list the row lies (``division``).
    """

    gram: NDArray[np.uint32]
    part: NDArray[np.uint8]
    following: NDArray[np.uint32]
    document: NDArray[np.uint32]
    strength: NDArray[np.uint8]
    place: NDArray[np.uint32]


def windows(texts: Sequence[Sequence[str]], first: int) -> Windows:
    """Return the windows of consecutive documents, those of one slot together.

    Each document is its texts by class, fields closed by three line feeds; the first has number ``first``.
    """
    pieces = [text.encode("utf-16-le", "surrogatepass") for one in texts for text in one]
    sizes = np.array([len(piece) // 2 for piece in pieces], np.int64).reshape(len(texts), -1)
    units = np.frombuffer(b"".join(pieces), np.uint16)
    lengths = sizes.sum(axis=1)
    owner = np.repeat(np.arange(len(texts), dtype=np.uint32), lengths)
    classes = np.repeat(np.tile(np.arange(sizes.shape[1], dtype=np.uint8), len(texts)), sizes.ravel())
    ambiguous = _ambiguous(units, owner)
    at = np.flatnonzero(units != _SEPARATOR)
    at = at[np.argsort(slot(units[at]), kind="stable")]
    pairs = _pairs(*_shifted(units, 2))
    own = owner[at]
    return Windows(
        gram=pairs[at],
        part=np.zeros(len(at), np.uint8),
        following=pairs[at + 2],
        document=own + np.uint32(first),
        strength=classes[at],
        place=((at - (np.cumsum(lengths) - lengths)[own] + 1) * ambiguous[at]).astype(np.uint32),
    )


def _shifted(units: NDArray[np.uint16], more: int) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Return the units and those one further, ``more`` separators behind the last."""
    padded = np.concatenate((units, np.full(more + 1, _SEPARATOR, np.uint16)))
    return padded[:-1], padded[1:]


def _ambiguous(units: NDArray[np.uint16], owner: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Say of each window whether its document parts behind its first, or before its last, two characters."""
    count = len(units)
    padded = np.concatenate((np.full(2, _SEPARATOR, np.uint16), units))
    pairs = _pairs(*_shifted(padded, 3))
    key = owner.astype(np.uint64) << np.uint64(32) | pairs[2 : 2 + count]
    order = _order(key)
    key = key[order]
    fresh = np.append(True, key[1:] != key[:-1])
    group = np.cumsum(fresh) - 1
    ways = np.zeros((2, count + 2), bool)  # where two characters have several neighbours: before, after
    for way, side in zip(ways, (pairs[:count], pairs[4 : 4 + count]), strict=True):
        beside = side[order]
        mixed = np.zeros(count + 1, bool)
        mixed[group[1:][~fresh[1:] & (beside[1:] != beside[:-1])]] = True
        way[order] = mixed[group]
    inside = np.append(units != _SEPARATOR, (False, False, False))
    whole = inside[:count] & inside[1 : 1 + count] & inside[2 : 2 + count] & inside[3 : 3 + count]
    found: NDArray[np.bool_] = (ways[1, :-2] | ways[0, 2:]) & whole
    return found


def _order(key: Column) -> NDArray[Any]:
    """Return what sorts the key: with the places in its low bits, where they fit, it is sorted much sooner."""
    bits = np.uint64(len(key).bit_length())
    if not len(key) or int(key.max()) >> (64 - int(bits)):
        return np.argsort(key)
    packed = key << bits | np.arange(len(key), dtype=np.uint64)
    packed.sort()
    return packed & np.uint64((1 << int(bits)) - 1)


def number_letters(units: NDArray[np.uint16]) -> tuple[NDArray[np.int64], Column]:
    """Number the characters that occur, in their order; return them and the text in those numbers."""
    present = np.zeros(0x10000, bool)
    present[units] = True
    return np.flatnonzero(present), (np.cumsum(present, dtype=np.uint64) - np.uint64(1))[units]


def _pairs(low: NDArray[np.uint16], high: NDArray[np.uint16]) -> NDArray[np.uint32]:
    return low | high.astype(np.uint32) << np.uint32(16)


def joined(parts: Iterable[Windows]) -> Windows:
    """Return several windows' columns as one."""
    columns: Iterator[Any] = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Windows(*columns)


def without(rows: Windows, documents: Collection[int]) -> Windows:
    """Return the rows of all documents but some, which are at least one."""
    leaving = np.zeros(1 + max(int(rows.document.max(initial=0)), *documents), bool)
    leaving[[*documents]] = True
    return chosen(rows, ~leaving[rows.document])


def of_lists(rows: Windows, lists: Collection[tuple[int, int]]) -> Windows:
    """Return the rows of some lists, each named by gram and part."""
    wanted = np.array([gram | part << 32 for gram, part in lists], np.uint64)
    return chosen(rows, np.isin(rows.gram | rows.part.astype(np.uint64) << np.uint64(32), wanted))


def chosen(rows: Windows, keep: NDArray[np.bool_] | NDArray[np.int64]) -> Windows:
    """Return some rows, named by their numbers or by a yes or no for each."""
    columns: Iterator[Any] = (column[keep] for column in rows)
    return Windows(*columns)


def differing_lists(before: Windows, after: Windows) -> list[tuple[int, int]]:
    """Return the lists (gram, part) that do not say the same before and after."""

    def told(rows: Windows) -> set[tuple[int, ...]]:
        return {*zip(*(column.tolist() for column in rows), strict=True)}

    return sorted({(gram, part) for gram, part, *_ in told(before) ^ told(after)})


def documents_of(rows: Windows) -> set[int]:
    """Return the numbers of the documents that hold some windows."""
    return set(np.unique(rows.document).tolist())


def slot(units: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Spread characters over 256 slots; the browser computes the same (codec.js)."""
    return ((units * np.uint16(0x9E37)) >> np.uint16(8)).astype(np.uint8)


def shard_places(grams: NDArray[np.uint32]) -> NDArray[np.uint16]:
    """Return where grams (first unit in the low half) are kept: those of one first character lie together."""
    units = grams.view(np.uint16)
    return slot(units[::2]).astype(np.uint16) << np.uint16(8) | slot(units[1::2])


def shard_place(gram: int) -> int:
    """Return where one gram is kept."""
    first, second = (unit * 0x9E37 >> 8 & 0xFF for unit in (gram & 0xFFFF, gram >> 16))
    return first << 8 | second
