"""Whole numbers as bytes: seven bits a byte, the eighth says that more follow (LEB128)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def varint(value: int) -> bytes:
    """Return one number's bytes."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


_SHORT = tuple(varint(value) for value in range(1 << 14))


def varints(values: Sequence[int]) -> bytes:
    """Return the bytes of many numbers, one after another; small ones are quick."""
    highest = max(values, default=0)
    if highest < 1 << 7:
        return bytes(values)
    if highest < 1 << 14:
        return b"".join([_SHORT[value] for value in values])
    return b"".join([_SHORT[value] if value < 1 << 14 else varint(value) for value in values])


def encode_ids(ids: list[int], capacity: int) -> tuple[int, bytes]:
    """Return (form, bytes) of ascending document numbers in their shortest form.

    Form 0: gaps. Form 1: a bit for each of ``capacity`` documents. Form 2: runs, each a gap and a length - 1.
    """
    gaps = [ids[0], *(b - a - 1 for a, b in pairwise(ids))]
    forms: list[tuple[int, bytes]] = []
    if gaps.count(0) * 2 > len(gaps):
        forms.append((2, varints(_runs(gaps))))
    else:
        forms.append((0, varints(gaps)))
    if len(forms[0][1]) > capacity // 8:
        bits = bytearray((capacity + 7) // 8)
        for number in ids:
            bits[number >> 3] |= 1 << (number & 7)
        forms.append((1, bytes(bits)))
    return min(forms, key=lambda form: len(form[1]))


def _runs(gaps: list[int]) -> list[int]:
    runs: list[int] = []
    for gap in gaps:
        if gap or not runs:
            runs += (gap, 0)
        else:
            runs[-1] += 1
    return runs
