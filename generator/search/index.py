"""Building the search index: documents in, static files out that a browser reads a few of.

One folder a language::

    root.bin    what a browser reads first: normaliser, shard bounds, kinds, the records' dictionary
    s/*.d *.n   grams: documents with classes, and continuations (postings.py)
    r/*.bin     what is shown of a hit (records.py)
    f/*.bin     facets · o/*.bin orders (facets.py) · words.bin words to suggest

Numbers, bounds and dictionary of an earlier build are kept while little changes, so that one changed company
rewrites only the files that hold its grams.
"""

from __future__ import annotations

import gc
import multiprocessing
import shutil
from array import array
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import orjson
import xxhash

from generator.search.document import SearchDocument
from generator.search.facets import write_facets, write_orders
from generator.search.intake import Intake, Taken
from generator.search.normalise import rules_data
from generator.search.postings import ShardReport, ShardTask, deflate, make_shards
from generator.search.records import GROUP, RecordsTask, make_dictionary, make_records, opening
from generator.search.state import IndexState, number_documents
from generator.search.varint import varint, varints
from generator.search.writing import Written, write_if_changed

_SMALL = 3_000  # documents below which a second process costs more than it saves
_SUGGESTED_WORDS = 3_000

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a build made of the documents: counts, and files by what became of them."""

    documents: int = 0
    grams: int = 0
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    size: int = 0  # bytes of all files

    def __add__(self, other: IndexReport) -> IndexReport:
        """Add the reports of two languages."""
        return IndexReport(
            self.documents + other.documents,
            self.grams + other.grams,
            self.written + other.written,
            self.unchanged + other.unchanged,
            self.removed + other.removed,
            self.size + other.size,
        )


def build_index(
    documents: Iterable[SearchDocument], out_dir: Path, *, state_dir: Path, processes: int = 1
) -> IndexReport:
    """Write the index of every language below ``out_dir``; leave equal files alone.

    ``state_dir`` keeps what the next build needs and is not published.
    """
    intakes: dict[str, Intake] = {}
    try:
        for document in documents:
            intake = intakes.get(document.language)
            if intake is None:
                intake = intakes[document.language] = Intake(state_dir / document.language)
            intake.add(document)
        report = IndexReport()
        for language, intake in intakes.items():
            intake.close()
            report += _build_language(
                intake, out_dir / language, state_dir / f"{language}.json", processes=processes
            )
    finally:
        for intake in intakes.values():
            intake.close()
            intake.remove()
    for folder in out_dir.iterdir() if out_dir.exists() else ():
        if folder.is_dir() and folder.name not in intakes:
            shutil.rmtree(folder)
    return report


def _build_language(intake: Intake, folder: Path, state_path: Path, *, processes: int) -> IndexReport:
    earlier = IndexState.load(state_path)
    numbers = number_documents(intake.taken, earlier)
    at: list[Taken | None] = [None] * (max(numbers.values()) + 1)
    for one in intake.taken:
        at[numbers[one.key]] = one
    digests = {one.key: one.digest for one in intake.taken}
    if earlier and earlier.digests == digests and (folder / "root.bin").exists():
        return IndexReport(documents=len(numbers), unchanged=earlier.files, size=earlier.size)
    for name in ("s", "r", "f", "o"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    kept = earlier if earlier and earlier.keeps(numbers) else None
    records = array("Q")
    for taken in at:
        records.extend(taken.record if taken else (0, 0))
    dictionary = kept.dictionary if kept else make_dictionary(intake.records_path, records)
    shards, written = _run_tasks(
        _shard_tasks(intake, at, folder, kept, processes),
        _record_tasks(intake, records, folder, dictionary, processes),
        processes=processes if len(numbers) >= _SMALL else 1,
    )
    bounds = tuple(bound for shard in shards for bound in shard.bounds)
    written = sum((shard.written for shard in shards), written)
    facets, of_facets = write_facets(intake, at, folder / "f")
    written += of_facets + write_orders(at, folder / "o") + _write_words(intake, folder)
    written += write_if_changed(folder / "root.bin", _root(at, bounds, facets, dictionary, digests))
    removed = _remove_stale(folder, bounds, len(at), set(facets))
    files = written.written + written.unchanged
    IndexState(numbers, digests, bounds, dictionary, files, written.size).save(state_path)
    return IndexReport(
        documents=len(numbers),
        grams=sum(shard.grams for shard in shards),
        written=written.written,
        unchanged=written.unchanged,
        removed=removed,
        size=written.size,
    )


def _shard_tasks(
    intake: Intake, at: list[Taken | None], folder: Path, kept: IndexState | None, shares: int
) -> list[ShardTask]:
    spool = intake.spool(at)
    tasks = []
    starts = {256 * share // shares << 8 for share in range(shares)}
    same_cut = kept is not None and starts <= set(kept.bounds)
    for share in range(shares):
        slots = range(256 * share // shares, 256 * (share + 1) // shares)
        mine = None
        if kept and same_cut:
            mine = tuple(b for b in kept.bounds if slots.start <= b >> 8 < slots.stop)
        tasks.append(ShardTask(spool, folder / "s", slots, mine))
    return tasks


def _record_tasks(
    intake: Intake, bounds: array[int], folder: Path, dictionary: bytes, shares: int
) -> list[RecordsTask]:
    groups = (len(bounds) // 2 + GROUP - 1) // GROUP
    return [
        RecordsTask(
            intake.records_path,
            bounds,
            folder / "r",
            range(groups * share // shares, groups * (share + 1) // shares),
            dictionary,
        )
        for share in range(shares)
    ]


def _run_tasks(
    shards: Sequence[ShardTask], records: Sequence[RecordsTask], *, processes: int
) -> tuple[list[ShardReport], Written]:
    if processes == 1:
        return [make_shards(task) for task in shards], sum(map(make_records, records), Written())
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawn, initializer=gc.disable) as pool:
        made = [_submit(pool, make_shards, task) for task in shards]
        wrote = [_submit(pool, make_records, task) for task in records]
        return [get() for get in made], sum((get() for get in wrote), Written())


def _submit(pool: ProcessPoolExecutor, work: Callable[[Task], Result], task: Task) -> Callable[[], Result]:
    return pool.submit(work, task).result


def _root(
    at: list[Taken | None],
    bounds: tuple[int, ...],
    facets: dict[str, int],
    dictionary: bytes,
    digests: dict[str, int],
) -> bytes:
    kinds: list[list[str | int]] = []
    for one in at:
        kind = one.kind if one else ""
        if not kinds or kinds[-1][0] != kind:
            kinds.append([kind, 0])
        kinds[-1][1] = int(kinds[-1][1]) + 1
    rules = {name: value for name, value in rules_data().items() if name != "about"}
    start = opening(dictionary)
    head = orjson.dumps(
        {
            "generation": xxhash.xxh3_64_hexdigest(repr(sorted(digests.items())).encode()),
            "capacity": len(at),
            "group": GROUP,
            "kinds": kinds,
            "facets": facets,
            "shards": len(bounds),
            "rules": rules,
        }
    )
    steps = varints([bounds[0], *(b - a for a, b in pairwise(bounds))])
    packed = deflate(b"".join((varint(len(head)), head, steps)))
    return b"".join((len(packed).to_bytes(4, "little"), packed, start))


def _write_words(intake: Intake, folder: Path) -> Written:
    """Write the words worth suggesting: facet labels and what companies say they make, the frequent first."""
    words = intake.words.copy()
    for (facet, _), label in intake.labels.items():
        if facet in ("municipality", "process", "material", "certification", "industry", "topic"):
            words[label] += 1
    chosen = [word for word, _ in words.most_common(_SUGGESTED_WORDS)]
    return write_if_changed(folder / "words.bin", deflate(orjson.dumps(chosen)))


def _remove_stale(folder: Path, bounds: tuple[int, ...], capacity: int, facets: set[str]) -> int:
    wanted = {f"s/{bound:04x}.{end}" for bound in bounds for end in "dn"}
    wanted |= {f"r/{group:x}.bin" for group in range((capacity + GROUP - 1) // GROUP)}
    wanted |= {f"f/{facet}.bin" for facet in facets} | {"o/reading.bin", "o/confirmed.bin"}
    removed = 0
    for name in ("s", "r", "f", "o"):
        for path in (folder / name).iterdir():
            if f"{name}/{path.name}" not in wanted:
                path.unlink()
                removed += 1
    return removed
