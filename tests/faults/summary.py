"""Prints the counts of the fault suite at the end of a run, and keeps them as a table after the long one."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

COLUMNS = ("test", "runs", "recipients", "duplicated", "lost", "resolved", "listed")
HEADINGS = "| Test | Runs | Recipients | Duplicated | Lost | Unknown resolved | Unknown listed |"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    rows: dict[str, dict[str, Any]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") != "call":
                continue
            for name, value in report.user_properties:
                if name == "fault":
                    _add(rows, value)
    if not rows:
        return
    lines = [HEADINGS, "|---" + "|---:" * (len(COLUMNS) - 1) + "|"]
    for row in (*(rows[name] for name in sorted(rows)), _total(rows)):
        lines.append("| " + " | ".join(f"{row[c]:,}" if c != "test" else row[c] for c in COLUMNS) + " |")
    terminalreporter.write_sep("-", "faults")
    terminalreporter.write_line("\n".join(lines))
    if os.environ.get("KOHO_FAULTS") == "long":
        _keep(lines)


def _add(rows: dict[str, dict[str, Any]], value: dict[str, Any]) -> None:
    row = rows.setdefault(value["test"], {**value, **dict.fromkeys(COLUMNS[1:], 0)})
    for column in COLUMNS[1:]:
        row[column] += value[column]


def _total(rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {"test": "**Total**", **{c: sum(row[c] for row in rows.values()) for c in COLUMNS[1:]}}


def _keep(lines: list[str]) -> None:
    path = Path(__file__).parent / "README.md"
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition("<!-- table -->")
    _, _, tail = rest.partition("<!-- end -->")
    where = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}.\n"
    body = "\n".join(["", "", *lines, "", where])
    path.write_text(f"{head}<!-- table -->{body}<!-- end -->{tail}", encoding="utf-8")
