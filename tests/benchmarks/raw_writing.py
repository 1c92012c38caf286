"""Only writing: the same bytes under the same names, by a loop that does nothing else."""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.benchmarks.measuring import Run


def raw_write(site: Path, target: Path, processes: int) -> Run:
    """Write all files of a site anew, each process its share; reading them first is not counted."""
    files = sorted(str(path.relative_to(site)) for path in site.rglob("*") if path.is_file())
    share = -(-len(files) // processes)
    parts = [files[start : start + share] for start in range(0, len(files), share)]
    with ProcessPoolExecutor(processes, get_context("fork")) as pool:
        laps = list(pool.map(_write_part, [site] * len(parts), [target] * len(parts), parts))
    return Run(max(wall for wall, _ in laps), sum(cpu for _, cpu in laps), 0)


def _write_part(site: Path, target: Path, names: list[str]) -> tuple[float, float]:
    ready = [(name, (site / name).read_bytes()) for name in names]
    target.mkdir(parents=True, exist_ok=True)
    root = os.open(target, os.O_DIRECTORY)
    made: set[str] = set()
    started, cpu = time.perf_counter(), time.process_time()
    for name, data in ready:
        folder = name.rpartition("/")[0]
        if folder not in made:
            made.add(folder)
            _make(root, target, folder)
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644, dir_fd=root)
        os.write(file, data)
        os.close(file)
    return time.perf_counter() - started, time.process_time() - cpu


def _make(root: int, target: Path, folder: str) -> None:
    try:
        os.mkdir(folder, dir_fd=root)
    except FileExistsError:
        pass
    except FileNotFoundError:
        (target / folder).mkdir(parents=True, exist_ok=True)
