"""Measures the import of the real corporate-number register, with SQLite or with a PostgreSQL made for it.

    .venv/bin/python -m tests.benchmarks.registry [repeats] [--postgres]

Prints medians as a Markdown table for README.md beside this file. Needs ../shared/data.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from tests.benchmarks.measuring import Run, measured
from tests.postgres import PostgresServer, running_postgres

REGISTRY = Path(__file__).parents[3] / "shared" / "data" / "companies" / "registry"
FULL = REGISTRY / "08_ibaraki_all_20160229.zip"
YEARS = [REGISTRY / f"ibaraki_{year}.csv" for year in (2021, 2022, 2023, 2024)]
DAY = REGISTRY / "diff_20260820.csv"


def koho(project: Path, *arguments: str) -> Run:
    """Run one command as a person would, start-up included."""
    command = [sys.executable, "-c", "from generator.cli import main; main()", *arguments]
    return measured([*command, "--project", str(project), "--quiet"])


def one_round(server: PostgresServer | None) -> dict[str, Run]:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        if server is not None:
            server.execute("DROP DATABASE IF EXISTS register")
            server.execute("CREATE DATABASE register")
            (project / "settings.toml").write_text(f'companies_url = "{server.url("register")}"\n')
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repeats", type=int, nargs="?", default=3)
    parser.add_argument("--postgres", action="store_true")
    arguments = parser.parse_args()
    with running_postgres() if arguments.postgres else nullcontext() as server:
        rounds = [one_round(server) for _ in range(arguments.repeats)]
        store = server.version() if server is not None else f"SQLite {sqlite3.sqlite_version}"
    versions = f"Python {platform.python_version()}, {store}, {os.cpu_count()} cores"
    print(f"{versions}, medians of {arguments.repeats}, load {os.getloadavg()[0]:.1f}\n")
    print("| import | seconds | CPU seconds | peak MB |")
    print("|---|---|---|---|")
    for name in rounds[0]:
        seconds = statistics.median(each[name].seconds for each in rounds)
        cpu = statistics.median(each[name].cpu_seconds for each in rounds)
        peak = max(each[name].peak_mb for each in rounds)
        print(f"| {name} | {seconds:.2f} | {cpu:.2f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
