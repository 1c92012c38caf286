"""Whole numbers as bytes: seven bits a byte, the eighth says that more follow (LEB128)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def starts(column: NDArray[Any]) -> NDArray[np.int64]:
    """Return where the runs of a sorted column begin."""
    return np.flatnonzero(np.append(True, column[1:] != column[:-1]))


def varint(value: int) -> bytes:
    """Return one number's bytes: seven bits a byte, the eighth says that more follow (LEB128)."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def varints(values: NDArray[Any]) -> bytes:
    """Return the bytes of many numbers, one after another."""
    if not len(values) or values.max() < 128:
        return values.astype(np.uint8).tobytes()
    return varints_with_offsets(values)[0]


def varints_with_offsets(values: NDArray[Any]) -> tuple[bytes, NDArray[np.int64]]:
    """Return the bytes of many numbers and where each begins, the end included."""
    wide = values.astype(np.uint64)
    sizes = np.ones(len(wide), np.int64)
    for bits in range(7, 64, 7):
        longer = wide >= np.uint64(1 << bits)
        if not longer.any():
            break
        sizes += longer
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))
    out = np.zeros(int(offsets[-1]), np.uint8)
    for step in range(int(sizes.max(initial=1))):
        some = np.flatnonzero(sizes > step)
        more = (sizes[some] > step + 1).astype(np.uint64) << np.uint64(7)
        out[offsets[some] + step] = wide[some] >> np.uint64(7 * step) & np.uint64(127) | more
    return out.tobytes(), offsets


def numbers_of(data: bytes) -> NDArray[np.uint64]:
    """Return all numbers of some varints."""
    raw = np.frombuffer(data, np.uint8)
    last = raw < 128
    starts = np.append(0, np.flatnonzero(last)[:-1] + 1)
    step = np.arange(len(raw)) - np.repeat(starts, np.diff(np.append(starts, len(raw))))
    return np.add.reduceat((raw & 127).astype(np.uint64) << (7 * step).astype(np.uint64), starts)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number that begins at a place, and the place behind it."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
