"""Which documents carry which facet value, and the orders one may sort by: one small file each."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import orjson

from generator.search.intake import Intake, Taken
from generator.search.postings import deflate
from generator.search.varint import encode_ids, varint
from generator.search.writing import Written, write_if_changed

_EPOCH = date(1970, 1, 1)


def write_facets(intake: Intake, at: list[Taken | None], folder: Path) -> tuple[dict[str, int], Written]:
    """Write a file a facet; return how many values each has."""
    members: dict[str, dict[str, list[int]]] = {}
    for number, one in enumerate(at):
        for name, codes in one.facets if one else ():
            for code in dict.fromkeys(codes):
                members.setdefault(name, {}).setdefault(code, []).append(number)
    written = Written()
    for name, values in sorted(members.items()):
        written += write_if_changed(
            folder / f"{name}.bin", deflate(_facet_file(name, values, intake.labels, len(at)))
        )
    return {name: len(values) for name, values in sorted(members.items())}, written


def _facet_file(
    name: str, values: Mapping[str, list[int]], labels: Mapping[tuple[str, str], str], capacity: int
) -> bytes:
    head: list[list[str | int]] = []
    bodies: list[bytes] = []
    for code, numbers in sorted(values.items()):
        form, body = encode_ids(numbers, capacity)
        head.append([code, labels[name, code], len(numbers), form, len(body)])
        bodies.append(body)
    text = orjson.dumps(head)
    return b"".join((varint(len(text)), text, *bodies))


def write_orders(at: list[Taken | None], folder: Path) -> Written:
    """Write each document's place by reading, and the day it was last confirmed (days since 1970, 0 unknown)."""
    readings = [(one.sort_key or "\uffff", number) for number, one in enumerate(at) if one]
    by_reading = [number for _, number in sorted(readings)]
    places = array("I", bytes(4 * len(at)))
    for place, number in enumerate(by_reading):
        places[number] = place
    days = array("H", (_days(one.confirmed if one else "") for one in at))
    return write_if_changed(folder / "reading.bin", deflate(_planes(places))) + write_if_changed(
        folder / "confirmed.bin", deflate(_planes(days))
    )


def _planes(column: array[int]) -> bytes:
    """Low bytes first, then the next: equal high bytes lie together and vanish."""
    raw = column.tobytes()
    return b"".join(raw[plane :: column.itemsize] for plane in range(column.itemsize))


def _days(text: str) -> int:
    try:
        return max(0, (date.fromisoformat(text) - _EPOCH).days)
    except ValueError:
        return 0
