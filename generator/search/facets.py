"""Which documents carry which facet value, and the orders one may sort by.

A facet's frequent values lie in its first file, the rarer ones in more files that are asked for when someone wants
to see them: counts are exact, and a first look costs little even where every company has many values.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import orjson

from generator.search.columns.encoding import encode_ids
from generator.search.columns.varints import varint
from generator.search.packing import pack_text
from generator.search.state import IndexState
from generator.search.writing import Written, write_if_changed

FILE_BYTES = 12_000  # of lists in one facet file before compression
_EPOCH = date(1970, 1, 1)

Members = dict[str, dict[str, "array[int]"]]


def members_of(documents: Iterable[tuple[int, Mapping[str, Sequence[str]]]]) -> Members:
    """Return the numbers of the documents that carry each value of each facet."""
    members: Members = {}
    for number, facets in documents:
        for name, codes in facets.items():
            of_facet = members.get(name)
            if of_facet is None:
                of_facet = members[name] = defaultdict(partial(array, "I"))
            for code in codes:
                of_facet[code].append(number)
    return members


def write_facets(
    members: Members, labels: Mapping[tuple[str, str], str], capacity: int, folder: Path
) -> tuple[dict[str, int], Written]:
    """Write the files of every facet; return how many files each has."""
    written, files = Written(), {}
    for name, values in sorted(members.items()):
        files[name] = 0
        for data in _facet_files(name, values, labels, capacity):
            written += write_if_changed(folder / f"{name}.{files[name]}.bin", pack_text(data))
            files[name] += 1
    return files, written


def _facet_files(
    name: str, values: Mapping[str, array[int]], labels: Mapping[tuple[str, str], str], capacity: int
) -> Iterator[bytes]:
    """Yield the files: in the first the head (code, label, count, file, bytes of every value), then lists."""
    head: list[list[str | int]] = []
    bodies: list[list[bytes]] = [[]]
    room = FILE_BYTES
    for code, numbers in sorted(values.items(), key=lambda value: (-len(value[1]), value[0])):
        body = encode_ids(numbers, capacity)
        if len(body) > room and bodies[-1]:
            bodies.append([])
            room = FILE_BYTES
        room -= len(body)
        head.append([code, labels[name, code], len(numbers), len(bodies) - 1, len(body)])
        bodies[-1].append(body)
    text = orjson.dumps(head)
    yield b"".join((varint(len(text)), text, *bodies[0]))
    yield from (b"".join(more) for more in bodies[1:])


def write_orders(state: IndexState, capacity: int, folder: Path) -> Written:
    """Write each document's place by reading, and the day it was last confirmed (days since 1970, 0 unknown)."""
    places = array("I", bytes(4 * capacity))
    for place, number in enumerate(state.by_reading()):
        places[number] = place
    days = array("H", bytes(2 * capacity))
    for number, confirmed in state.column("confirmed"):
        days[number] = _days(confirmed)
    return write_if_changed(folder / "reading.bin", pack_text(_planes(places))) + write_if_changed(
        folder / "confirmed.bin", pack_text(_planes(days))
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
