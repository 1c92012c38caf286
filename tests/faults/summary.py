"""Prints the counts of the fault suite at the end of a run; the long run keeps them, row by row, for the table."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

NUMBERS = ("runs", "recipients", "duplicated", "lost", "resolved", "listed")
HEADINGS = (
    "| Test | Asked | Runs | People or events | Duplicated | Lost | Unknown resolved | Unknown listed |",
    "|---|---|" + "---:|" * len(NUMBERS),
)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    rows = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call" and report.outcome == "passed"
        for name, value in report.user_properties
        if name == "fault"
    ]
    if not rows:
        return
    terminalreporter.write_sep("-", "faults")
    terminalreporter.write_line("\n".join(table(rows)))
    if kept := os.environ.get("KOHO_FAULTS_KEEP"):
        Path(kept).write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")


def table(rows: list[dict[str, Any]]) -> list[str]:
    """Return the lines of the table: tests of one name as one row, and a total."""
    added: dict[str, dict[str, Any]] = {}
    for row in rows:
        sums = added.setdefault(row["test"], {**row, **dict.fromkeys(NUMBERS, 0)})
        for column in NUMBERS:
            sums[column] += row[column]
    total = {"test": "**Total**", "asked": "", **{c: sum(row[c] for row in added.values()) for c in NUMBERS}}
    lines = list(HEADINGS)
    for row in (*(added[name] for name in sorted(added, key=_order)), total):
        numbers = " | ".join(f"{row[c]:,}" for c in NUMBERS)
        lines.append(f"| {row['test']} | {row['asked']} | {numbers} |")
    return lines


def _order(name: str) -> tuple[str, int, str]:
    """Sort A1, A2, B1 … B10, and what has no number last in its group."""
    group = name.split(" ", 1)[0]
    return group[:1], int(group[1:] or 99), name
