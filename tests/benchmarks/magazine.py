"""How long an issue takes: drafting and rendering one, and a year of 96, from the sample library.

Run: .venv/bin/python tests/benchmarks/magazine.py
"""

from __future__ import annotations

import os
import tempfile
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from generator import discovery
from generator.settings import load_settings
from generator.storage.database import open_database
from generator.storage.migrations import upgrade
from newsletters.room import MARKS
from newsletters.store import IssueStore
from newsletters.studio import Studio
from newsletters.tables import audience_url, schema


def main() -> None:
    project = Path(__file__).parent.parent.parent
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            **os.environ,
            "KOHO_AUDIENCE_URL": f"sqlite:///{folder}/audience.sqlite3",
            "KOHO_ON": "2023-11-22",
        }
        settings = load_settings(project, environ)
        upgrade(schema, settings)
        engine = open_database(audience_url(settings))
        studio = Studio(settings, discovery.sources(), IssueStore(engine))
        newsletter = studio.newsletter("magazine")
        day = settings.as_of()
        started = perf_counter()
        bench = studio.bench(newsletter, day)
        read = perf_counter() - started
        times = []
        for week in range(96):
            started = perf_counter()
            issue = studio.select(bench, day + timedelta(days=week))
            made = bench.typeset(issue, MARKS)
            times.append(perf_counter() - started)
        engine.dispose()
    print(f"reading the sample library      {read:6.2f} s")
    print(
        f"one issue, {len(made.faces)} variants, 3 faces   {times[0]:6.2f} s (first), {sorted(times)[48]:.2f} s (median)"
    )
    print(f"96 issues                       {sum(times):6.2f} s")


if __name__ == "__main__":
    main()
