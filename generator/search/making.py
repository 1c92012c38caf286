"""Making a language's index anew, with as many processes as the settings allow."""

from __future__ import annotations

import gc
import multiprocessing
import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from generator.search.columns.division import PARTS
from generator.search.facets import write_facets, write_orders
from generator.search.records import GROUP, make_dictionary
from generator.search.root import Root, generation_of, kinds_of, write_root
from generator.search.shards import ShardReport, ShardTask, list_name, make_shards
from generator.search.shares import CHUNK, ShareReport, ShareTask, make_share
from generator.search.state import IndexState, form
from generator.search.writing import Written

_SMALL = 3_000  # documents below which a second process costs more than it saves
_WINDOWS = 800_000


def make_anew(state: IndexState, folder: Path, gone: Iterable[str], *, processes: int) -> tuple[int, int]:
    """Number the documents, write every file and remove the others; return how many were written and removed."""
    state.number_anew(gone)
    capacity = state.capacity()
    if not capacity:
        state.write(finished=form())
        return 0, 0
    for name in ("s", "r", "f", "o"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    spools = state.path.with_suffix(".spool")
    shutil.rmtree(spools, ignore_errors=True)
    spools.mkdir()
    dictionary = make_dictionary(state)
    try:
        share, shards, orders = _work(state, folder, spools, dictionary, processes=processes)
    finally:
        shutil.rmtree(spools)
    bounds = [bound for shard in shards for bound in shard.bounds]
    state.forget_words()
    state.count_words(share.words.items())
    facets, written = write_facets(share.members, state.labels(), capacity, folder / "f")
    written += sum((shard.written for shard in shards), share.written + orders)
    divided = [bound for shard in shards for bound in shard.divided]
    root = Root(bounds, divided, facets, dictionary.decode(), kinds_of(state), generation_of(state))
    written += write_root(state, folder, root)
    removed = _remove_stale(folder, root, capacity)
    state.write(finished=form(), root=root)
    return written.written, removed


def _work(
    state: IndexState, folder: Path, spools: Path, dictionary: bytes, *, processes: int
) -> tuple[ShareReport, list[ShardReport], Written]:
    capacity = state.capacity()
    shares = [
        ShareTask(state.path, n, min(n + CHUNK, capacity), dictionary, folder / "r", spools / f"{n:08d}")
        for n in range(0, capacity, CHUNK)
    ]

    def shard_tasks(windows: Sequence[int]) -> list[ShardTask]:
        files = tuple((share.first, share.spool) for share in shares)
        return [ShardTask(files, folder / "s", slots, capacity) for slots in _even(windows)]

    if processes == 1 or capacity < _SMALL:
        share = _summed(map(make_share, shares))
        return (
            share,
            [*map(make_shards, shard_tasks(share.windows))],
            write_orders(state, capacity, folder / "o"),
        )
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawn, initializer=gc.disable) as pool:
        reports = pool.map(make_share, shares)
        orders = write_orders(state, capacity, folder / "o")  # while the others work
        share = _summed(reports)
        return share, [*pool.map(make_shards, shard_tasks(share.windows))], orders


def _even(windows: Sequence[int]) -> Iterator[range]:
    """Cut the 256 slots into stretches of about as many windows, so that a worker holds little at once."""
    start = held = 0
    for slot, count in enumerate(windows):
        if held and held + count > _WINDOWS:
            yield range(start, slot)
            start, held = slot, 0
        held += count
    yield range(start, 256)


def _summed(shares: Iterable[ShareReport]) -> ShareReport:
    whole = ShareReport()
    for share in shares:
        whole.add(share)
    return whole


def _remove_stale(folder: Path, root: Root, capacity: int) -> int:
    lists = [(bound, 0) for bound in root.bounds]
    lists += [(bound, part) for bound in root.divided for part in range(1, PARTS + 1)]
    wanted = {f"s/{list_name(*one)}.{end}" for one in lists for end in "wp"}
    wanted |= {f"r/{group:x}.bin" for group in range((capacity + GROUP - 1) // GROUP)}
    wanted |= {f"f/{facet}.{n}.bin" for facet, files in root.facets.items() for n in range(files)}
    wanted |= {"o/reading.bin", "o/confirmed.bin"}
    removed = 0
    for name in ("s", "r", "f", "o"):
        for path in (folder / name).iterdir():
            if f"{name}/{path.name}" not in wanted:
                path.unlink()
                removed += 1
    return removed
