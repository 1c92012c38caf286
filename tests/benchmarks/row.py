"""One line of a benchmark's table."""

from __future__ import annotations


def say(*cells: str) -> None:
    print("| " + " | ".join(cells) + " |", flush=True)
