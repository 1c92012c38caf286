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
    rest: NDArray[Any] = values.astype(np.uint32 if values.max(initial=0) < 1 << 32 else np.uint64)
    sizes = np.ones(len(rest), np.uint8)
    further: list[
        tuple[NDArray[np.int64], NDArray[Any]]
    ] = []  # of those with one more byte: which, and what is left
    which = np.flatnonzero(rest > 127)
    left = rest[which] >> 7
    while len(which):
        sizes[which] += 1
        further.append((which, left))
        longer = left > 127
        which, left = which[longer], left[longer] >> 7
    offsets = np.zeros(len(rest) + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    out = np.empty(int(offsets[-1]), np.uint8)
    out[offsets[:-1]] = _seven_bits(rest)
    for step, (which, left) in enumerate(further, start=1):
        out[offsets[which] + step] = _seven_bits(left)
    return out.tobytes(), offsets


def _seven_bits(values: NDArray[Any]) -> NDArray[np.uint8]:
    low: NDArray[np.uint8] = (values & 127).astype(np.uint8)
    low |= (values > 127).astype(np.uint8) << np.uint8(7)
    return low


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
