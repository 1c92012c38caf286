"""How fast the company directory is written: ours, Hugo with equal pages, and a loop that only writes the bytes.

    .venv/bin/python -m tests.benchmarks.directory --sizes 2000 10000 80000 --runs 3 --hugo "$(command -v hugo)"

Prints the table for README.md beside this file. Every run starts in a process of its own and writes into a fresh
folder below ``--where`` (memory by default); ours, raw writing and Hugo take turns, so that they share the weather.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from company_db.directory import Directory
from company_db.pages.look import Look
from company_db.runs import Intake
from company_db.schema import SCHEMA
from company_db.store import CompanyStore
from generator.clock import TOKYO
from generator.settings import Settings
from generator.storage.database import open_database
from tests.benchmarks.companies import make_database, members
from tests.benchmarks.hugo_site import make_hugo_site
from tests.benchmarks.measuring import Run, measured
from tests.benchmarks.publish_once import ON, context_of, settings_of
from tests.benchmarks.raw_writing import raw_write

INTAKE = Intake(datetime(2023, 11, 22, 9, tzinfo=TOKYO), "benchmark", "benchmark")


@dataclass
class Figures:
    """What one size gave."""

    companies: int
    cold: list[Run] = field(default_factory=list)
    nothing: list[Run] = field(default_factory=list)
    one_changed: list[Run] = field(default_factory=list)
    raw: list[Run] = field(default_factory=list)
    hugo: list[Run] = field(default_factory=list)
    size: str = ""
    hugo_size: str = ""


def ours(settings: Settings) -> tuple[Run, Run]:
    """Publish once in a new process; the whole process, and the publishing alone as it timed itself."""
    run = measured([sys.executable, "-m", "tests.benchmarks.publish_once", str(settings.project)])
    report = json.loads(run.out.splitlines()[-1])
    return run, Run(report["seconds"], report["cpu_seconds"], run.peak_mb)


def change_one(settings: Settings, turn: int) -> None:
    """Change one member's line in the database."""
    engine = open_database(SCHEMA.url_of(settings))
    first = next(members(1, ON))
    CompanyStore(engine).save([first.model_copy(update={"headline": f"新しい一行 {turn}"})], INTAKE)
    engine.dispose()


def size_of(site: Path) -> str:
    """Say how large a site is: files, content, and blocks of 4 kB of files and of folders."""
    files = folders = content = blocks = 0
    for _, below, names, at in os.fwalk(site):
        folders += len(below)
        for name in names:
            size = os.stat(name, dir_fd=at).st_size
            files, content, blocks = files + 1, content + size, blocks + -(-size // 4096)
    return (
        f"{files:,} files, {content / 1e6:,.0f} MB of content, {blocks * 4096 / 1e6:,.0f} MB in blocks of 4 kB "
        f"and {folders * 4096 / 1e6:,.0f} MB for folders"
    )


def bench_size(count: int, arguments: argparse.Namespace) -> Figures:
    """Measure one size; ours, raw writing and Hugo in turns."""
    base = arguments.where / f"koho-bench-{os.getpid()}-{count}"
    settings, figures = settings_of(base / "project"), Figures(count)
    try:
        make_database(settings, count, INTAKE)
        if arguments.hugo:
            make_hugo_site(base / "hugo", Look.of(context_of(settings)), Directory(settings, ON))
        for turn in range(arguments.runs):
            _one_turn(settings, figures, turn)
            figures.raw.append(raw_write(settings.site, base / "raw", 2))
            shutil.rmtree(base / "raw")
            if arguments.hugo:
                _hugo_turn(base, figures, arguments.hugo)
    finally:
        shutil.rmtree(base, ignore_errors=True)
    return figures


def _one_turn(settings: Settings, figures: Figures, turn: int) -> None:
    shutil.rmtree(settings.site, ignore_errors=True)
    (settings.build / "companies-manifest.json").unlink(missing_ok=True)
    figures.cold.append(ours(settings)[0])
    figures.nothing.append(ours(settings)[1])
    change_one(settings, turn)
    figures.one_changed.append(ours(settings)[1])
    figures.size = figures.size or size_of(settings.site)


def _hugo_turn(base: Path, figures: Figures, hugo: str) -> None:
    source, target = str(base / "hugo"), base / "hugo-out"
    figures.hugo.append(measured([hugo, "--quiet", "--source", source, "--destination", str(target)]))
    figures.hugo_size = figures.hugo_size or size_of(target)
    shutil.rmtree(target)


def table(found: Sequence[Figures]) -> Iterable[str]:
    """Yield the lines of the table."""
    heads = ("companies", "ours s / CPU s", "Hugo s / CPU s", "raw s / CPU s", "Hugo ÷ ours", "ours ÷ raw")
    heads += ("nothing changed s", "one changed s", "peak MB ours / Hugo")
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for one in found:
        cells = (
            f"{one.companies:,}",
            *(_pair(runs) for runs in (one.cold, one.hugo, one.raw)),
            _ratio(one.hugo, one.cold),
            _ratio(one.cold, one.raw),
            f"{_median(one.nothing):.2f}",
            f"{_median(one.one_changed):.2f}",
            f"{_peak(one.cold)} / {_peak(one.hugo)}",
        )
        yield f"| {' | '.join(cells)} |"


def _median(runs: Sequence[Run], name: str = "seconds") -> float:
    return statistics.median(getattr(run, name) for run in runs)


def _pair(runs: Sequence[Run]) -> str:
    return f"{_median(runs):.2f} / {_median(runs, 'cpu_seconds'):.2f}" if runs else "–"


def _ratio(above: Sequence[Run], below: Sequence[Run]) -> str:
    if not above or not below:
        return "–"
    return " / ".join(f"{_median(above, n) / _median(below, n):.1f}" for n in ("seconds", "cpu_seconds"))


def _peak(runs: Sequence[Run]) -> str:
    return f"{max(run.peak_mb for run in runs):,.0f}" if runs else "–"


def exponents(first: Figures, last: Figures) -> str:
    """Say how time and memory grow from the smallest to the largest; 1 is linear."""
    steps = math.log(last.companies / first.companies)
    parts = [
        f"{label} {math.log(_median(last.cold, name) / _median(first.cold, name)) / steps:.2f}"
        for label, name in (
            ("seconds", "seconds"),
            ("CPU seconds", "cpu_seconds"),
            ("peak memory", "peak_mb"),
        )
    ]
    return f"Exponents from {first.companies:,} to {last.companies:,}: {', '.join(parts)}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 10_000, 80_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--hugo", default=shutil.which("hugo") or "", help="its path; empty leaves it out")
    parser.add_argument("--where", type=Path, default=Path("/dev/shm"))
    arguments = parser.parse_args()
    found = []
    for count in arguments.sizes:
        found.append(bench_size(count, arguments))
        print(*table(found[-1:]), sep="\n", file=sys.stderr, flush=True)
    print(f"{_versions(arguments.hugo)}, medians of {arguments.runs} runs, load {os.getloadavg()[0]:.1f}\n")
    print(*table(found), sep="\n")
    largest = found[-1]
    print(f"\n{largest.companies:,} companies: {largest.size}.", f"Hugo: {largest.hugo_size or '–'}.")
    if len(found) > 1:
        print(exponents(found[0], largest))


def _versions(hugo: str) -> str:
    parts = [f"Python {platform.python_version()}", f"{os.cpu_count()} cores"]
    if hugo:
        told = subprocess.run([hugo, "version"], capture_output=True, text=True, check=True).stdout
        parts.append(next(f"Hugo {word.split('-')[0]}" for word in told.split() if word.startswith("v0")))
    return ", ".join(parts)


if __name__ == "__main__":
    main()
