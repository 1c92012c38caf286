"""``make faults``: every fault test at its full numbers, two processes at once, each finished row kept.

A run that was stopped goes on where it was, on any machine: what passed stands in ``tests/faults/long.jsonl`` and is
not run again (delete the file to begin anew); what failed lies in ``build/faults``. At the end, and whenever asked
(``python -m tests.faults.long --table``), the table in ``tests/faults/README.md`` is written from what is there.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

from generator import clock
from tests.faults.summary import table

ROOT = Path(__file__).parents[2]
KEPT = Path(__file__).with_name("long.jsonl")
FAILED = ROOT / "build" / "faults"
README = Path(__file__).parent / "README.md"
AT_ONCE = int(os.environ.get("KOHO_FAULTS_AT_ONCE", "2"))
_KEEPING = Lock()
LAST = ("test_events_are_stored_as_fast",)  # rates: alone, when the others are done


def main() -> None:
    FAILED.mkdir(parents=True, exist_ok=True)
    codes: list[int] = []
    if "--table" not in sys.argv:
        passed = {record["name"] for record in kept_records()}
        names = [name for name in collect() if name not in passed]
        alone = [name for name in names if any(word in name for word in LAST)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            codes += pool.map(run, [name for name in names if name not in alone])
        codes += [run(name) for name in alone]
    write_table()
    sys.exit(any(codes))


def collect() -> list[str]:
    """Return the id of every fault test at its long size."""
    done = _pytest(["--collect-only", "-q", "tests/faults"], {})
    return [line for line in done.stdout.splitlines() if "::" in line]


def kept_records() -> list[dict[str, Any]]:
    """Return what is known of every test that has passed: name, seconds, day, and the rows that it wrote."""
    if not KEPT.exists():
        return []
    return [json.loads(line) for line in KEPT.read_text(encoding="utf-8").splitlines()]


def run(name: str) -> int:
    """Run one test and keep its rows when it passed; return its exit code."""
    stem = FAILED / hashlib.sha256(name.encode()).hexdigest()[:16]
    begun, part = time.monotonic(), stem.with_suffix(".part")
    part.unlink(missing_ok=True)
    done = _pytest(["-q", name], {"KOHO_FAULTS_KEEP": str(part)})
    seconds = time.monotonic() - begun
    print(f"{seconds:7.0f} s  {'ok' if done.returncode == 0 else 'FAILED'}  {name}", flush=True)
    if done.returncode:
        report = f"{name}\n{done.stdout}\n{done.stderr}"
        stem.with_suffix(".failed.txt").write_text(report, encoding="utf-8")
        return done.returncode
    rows = json.loads(part.read_text(encoding="utf-8")) if part.exists() else []
    part.unlink(missing_ok=True)
    record = {"name": name, "seconds": round(seconds), "on": f"{clock.today()}", "rows": rows}
    with _KEEPING, KEPT.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return 0


def _pytest(arguments: list[str], more: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "-m",
        "faults",
        *arguments,
    ]
    environment = {**os.environ, "KOHO_FAULTS": "long", **more}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def write_table() -> None:
    """Write the table between its two marks from every row that is kept."""
    records = sorted(kept_records(), key=lambda record: str(record["name"]))
    rows = [row for record in records for row in record["rows"]]
    if not rows:
        return
    hours = sum(record["seconds"] for record in records) / 3600
    where = (
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}; {len(records)} tests, "
        f"{hours:.1f} hours of one process, two or three at once, {min(r['on'] for r in records)} to {max(r['on'] for r in records)}."
    )
    text = README.read_text(encoding="utf-8")
    head, _, rest = text.partition("<!-- table -->")
    _, _, tail = rest.partition("<!-- end -->")
    body = "\n".join(["", "", *table(rows), "", where, ""])
    README.write_text(f"{head}<!-- table -->{body}<!-- end -->{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
