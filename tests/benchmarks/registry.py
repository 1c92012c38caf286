"""Measures the import of the real corporate-number register: python tests/benchmarks/registry.py [repeats].

Prints medians as a Markdown table for README.md beside this file. Needs ../shared/data.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

REGISTRY = Path(__file__).parents[3] / "shared" / "data" / "companies" / "registry"
FULL = REGISTRY / "08_ibaraki_all_20160229.zip"
YEARS = [REGISTRY / f"ibaraki_{year}.csv" for year in (2021, 2022, 2023, 2024)]
DAY = REGISTRY / "diff_20260820.csv"


@dataclass(frozen=True)
class Measure:
    seconds: float
    peak_mb: float


def koho(project: Path, *arguments: str) -> Measure:
    """Run one command as a person would, start-up included."""
    command = [sys.executable, "-c", "from generator.cli import main; main()", *arguments]
    began = time.perf_counter()
    process = subprocess.Popen([*command, "--project", str(project), "--quiet"])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{arguments[0]} …: {process.returncode}")
    return Measure(time.perf_counter() - began, usage.ru_maxrss / 1024)


def one_round() -> dict[str, Measure]:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        koho(project, "db", "upgrade")
        take = ("companies", "import-registry")
        return {
            "full file, 74,256 rows, into an empty database": koho(project, *take, str(FULL)),
            "the same file again": koho(project, *take, str(FULL)),
            "all differentials 2021–2024, 32,736 rows": koho(project, *take, *map(str, YEARS)),
            "one day's file of the whole country, 1,991 rows": koho(project, *take, str(DAY)),
            "the same day's file again": koho(project, *take, str(DAY)),
        }


def main() -> None:
    if not FULL.exists():
        sys.exit("../shared/data がありません")
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    rounds = [one_round() for _ in range(repeats)]
    print(
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{os.cpu_count()} cores, median of {repeats}\n"
    )
    print("| import | seconds | peak MB |")
    print("|---|---|---|")
    for name in rounds[0]:
        seconds = statistics.median(each[name].seconds for each in rounds)
        peak = max(each[name].peak_mb for each in rounds)
        print(f"| {name} | {seconds:.2f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
