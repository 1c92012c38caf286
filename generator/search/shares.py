"""One worker's share of the documents: its record files, its texts for the shards, and what it counted on the way."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from generator.search.columns.spool import save_windows
from generator.search.columns.windows import windows
from generator.search.facets import Members, members_of
from generator.search.records import GROUP, RecordsPen
from generator.search.state import IndexState
from generator.search.texts import ABILITY, CLASS_OF_FIELD, class_texts
from generator.search.writing import Written

CHUNK = 2_000  # documents of a share; a multiple of GROUP
_LONGEST_WORD = 20  # characters of a word worth suggesting


@dataclass(frozen=True)
class ShareTask:
    """The documents ``first`` to ``last`` - 1 of a state, and where their files go."""

    state: Path
    first: int
    last: int
    dictionary: bytes
    records: Path
    spool: Path


@dataclass
class ShareReport:
    """What a worker made of its share: document numbers by facet and code, and windows by slot."""

    written: Written = field(default_factory=Written)
    words: Counter[str] = field(default_factory=Counter)
    members: Members = field(default_factory=dict)
    windows: list[int] = field(default_factory=lambda: [0] * 256)

    def add(self, other: ShareReport) -> None:
        """Add a later share."""
        self.written += other.written
        self.words.update(other.words)
        self.windows = [a + b for a, b in zip(self.windows, other.windows, strict=True)]
        for name, codes in other.members.items():
            own = self.members.setdefault(name, {})
            for code, numbers in codes.items():
                own.setdefault(code, array("I")).extend(numbers)


def make_share(task: ShareTask) -> ShareReport:
    """Write the files of this share."""
    report = ShareReport()
    pen = RecordsPen(task.records, task.dictionary)
    with closing(IndexState(task.state)) as state:
        records = [record for _, record in state.records(task.first, task.last)]
    for at in range(0, len(records), GROUP):
        report.written += pen.write((task.first + at) // GROUP, records[at : at + GROUP])
    read = [orjson.loads(record) for record in records]
    report.words.update(word for *_, fields, _ in read for word in words_of(fields))
    report.members = members_of((task.first + at, facets) for at, (*_, facets) in enumerate(read))
    texts = [class_texts(title, fields) for _, _, title, _, fields, _ in read]
    report.windows = save_windows(task.spool, windows(texts, task.first), task.first)
    return report


def words_of(fields: Mapping[str, str]) -> Iterator[str]:
    """Yield the words worth suggesting: what companies say they make and can do."""
    for name, text in fields.items():
        if CLASS_OF_FIELD.get(name) == ABILITY:
            yield from [w for line in text.split("\n") if 1 < len(w := line.strip()) <= _LONGEST_WORD]
