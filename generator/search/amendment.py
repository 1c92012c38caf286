"""Bringing a finished index up to date with a few documents: only the files that hold something of them are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from generator.search.columns.windows import Windows, joined, windows
from generator.search.facets import Members, members_of, write_facets, write_orders
from generator.search.records import GROUP, RecordsPen
from generator.search.root import Root, kinds_of, write_root
from generator.search.shards import amend_shards
from generator.search.shares import words_of
from generator.search.state import IndexState, Row, form
from generator.search.texts import class_texts
from generator.search.writing import Written


@dataclass(frozen=True, slots=True)
class _Change:
    """One document as it stood in the index and as it will stand, under one number."""

    key: str
    number: int
    before: Row | None
    after: Row | None

    @property
    def facets_differ(self) -> bool:
        """Say whether the document will carry other facet values."""
        return bool(_part(self.before, 5) != _part(self.after, 5))

    @property
    def orders_differ(self) -> bool:
        """Say whether the document will stand elsewhere by reading or by day."""
        before, after = self.before, self.after
        return (
            before is None
            or after is None
            or (before.sort_key, before.confirmed) != (after.sort_key, after.confirmed)
        )


def amend(state: IndexState, folder: Path, incoming: Sequence[str], gone: Iterable[str]) -> tuple[int, int]:
    """Write what the changed documents touch; return how many files were written, and removed."""
    changes = _changes(state, incoming, gone)
    state.write(finished=0)
    root = Root(**state.read("root"))
    for change in changes:
        state.replace(change.key, change.number if change.after else None)
    capacity = state.capacity()
    written = amend_shards(
        folder / "s",
        root.bounds,
        root.divided,
        capacity,
        change=(
            _windows([(change.number, change.before) for change in changes]),
            _windows([(change.number, change.after) for change in changes]),
        ),
    )
    written += _amend_records(state, folder, root.dictionary.encode(), changes)
    _count_words(state, changes)
    if any(change.facets_differ for change in changes):
        facets, of_facets = write_facets(_members(state), state.labels(), capacity, folder / "f")
        root = replace(root, facets=facets)
        written += of_facets
    if any(change.orders_differ for change in changes):
        written += write_orders(state, capacity, folder / "o")
    root = _renewed(root, state, changes)
    written += write_root(state, folder, root)
    removed = _remove_stale(folder, capacity, root.facets)
    state.write(finished=form(), root=root)
    return written.written, removed


def _changes(state: IndexState, incoming: Sequence[str], gone: Iterable[str]) -> list[_Change]:
    free = state.free_numbers()
    changes = []
    for key in incoming:
        found = state.find(key)
        number, before = found or (next(free), None)
        changes.append(_Change(key, number, before, state.find_incoming(key)))
    leaving = ((key, state.find(key)) for key in gone)
    return [*changes, *(_Change(key, *found, None) for key, found in leaving if found)]


def _renewed(root: Root, state: IndexState, changes: Sequence[_Change]) -> Root:
    generation = root.generation
    for change in changes:
        generation ^= (change.before.digest if change.before else 0) ^ (
            change.after.digest if change.after else 0
        )
    same = all(
        change.before and change.after and change.before.kind == change.after.kind for change in changes
    )
    return replace(root, generation=generation, kinds=root.kinds if same else kinds_of(state))


def _part(row: Row | None, place: int) -> Any:
    return orjson.loads(row.record)[place] if row else None


def _windows(rows: Sequence[tuple[int, Row | None]]) -> Windows:
    spooled = []
    for number, row in rows:
        record = orjson.loads(row.record) if row else None
        texts = class_texts(record[2], record[4]) if record else ("", "", "", "")
        spooled.append(windows([texts], number))
    return joined(spooled)


def _amend_records(state: IndexState, folder: Path, dictionary: bytes, changes: Sequence[_Change]) -> Written:
    pen, written = RecordsPen(folder / "r", dictionary), Written()
    for group in sorted({change.number // GROUP for change in changes}):
        found = dict(state.records(group * GROUP, (group + 1) * GROUP))
        last = min((group + 1) * GROUP, state.capacity())
        if last > group * GROUP:
            written += pen.write(group, [found.get(number, b"") for number in range(group * GROUP, last)])
    return written


def _count_words(state: IndexState, changes: Iterable[_Change]) -> None:
    words: Counter[str] = Counter()
    for change in changes:
        words.subtract(words_of(_part(change.before, 4) or {}))
        words.update(words_of(_part(change.after, 4) or {}))
    state.count_words((word, count) for word, count in words.items() if count)


def _members(state: IndexState) -> Members:
    return members_of(
        (number, orjson.loads(record)[5]) for number, record in state.records(0, state.capacity())
    )


def _remove_stale(folder: Path, capacity: int, facets: dict[str, int]) -> int:
    """Remove facet files of values that are gone, and record files beyond the last document."""
    wanted = {f"{facet}.{n}.bin" for facet, files in facets.items() for n in range(files)}
    stale = [path for path in (folder / "f").iterdir() if path.name not in wanted]
    group = (capacity + GROUP - 1) // GROUP
    while (path := folder / "r" / f"{group:x}.bin").exists():
        stale.append(path)
        group += 1
    for path in stale:
        path.unlink()
    return len(stale)
