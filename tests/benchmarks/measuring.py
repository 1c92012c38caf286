"""Runs a command and measures it with all its processes."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """One measured run."""

    seconds: float
    cpu_seconds: float  # of all its processes
    peak_mb: float  # the most that all its processes held at one moment
    out: str = ""


def measured(command: Sequence[str]) -> Run:
    """Run a command to its end; an error of it is an error here."""
    started, peak = time.perf_counter(), 0
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    usage = None
    while usage is None:
        peak = max(peak, tree_kb(process.pid))
        time.sleep(0.02)
        done, status, rusage = os.wait4(process.pid, os.WNOHANG)
        usage = rusage if done else None
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    out, err = process.communicate()
    if process.returncode:
        raise RuntimeError(err[-2000:] or out[-2000:])
    return Run(seconds, usage.ru_utime + usage.ru_stime, peak / 1024, out)


@contextmanager
def peak_of_all() -> Iterator[Callable[[], float]]:
    """Watch this process and its children; ask within the block for the MB that came on top of what was held before."""
    before = peak = tree_kb(os.getpid())
    is_over = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not is_over.wait(0.02):
            peak = max(peak, tree_kb(os.getpid()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield lambda: (peak - before) / 1024
    finally:
        is_over.set()
        watcher.join()


def tree_kb(root: int) -> int:
    """Return the resident kilobytes of a process and all below it."""
    total, todo = 0, [root]
    while todo:
        pid = todo.pop()
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            total += next(
                (int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0
            )
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                todo += map(int, children.read_text().split())
        except OSError:
            continue
    return total
