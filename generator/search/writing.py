"""Writing many small files so that each is whole at every moment and an equal one is left alone."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Written:
    """Files by what became of them, and the bytes they hold."""

    written: int = 0
    unchanged: int = 0
    size: int = 0

    def __add__(self, other: Written) -> Written:
        """Add two counts."""
        return Written(self.written + other.written, self.unchanged + other.unchanged, self.size + other.size)


def write_if_changed(path: Path, data: bytes) -> Written:
    """Write through a temporary neighbour, unless the file already holds exactly this."""
    name = os.fspath(path)
    try:
        with open(name, "rb", buffering=0) as old:  # noqa: PTH123  # tens of thousands of files: Path costs seconds
            if old.read() == data:
                return Written(unchanged=1, size=len(data))
    except FileNotFoundError:
        pass
    neighbour = f"{path.parent}/.{path.name}.{os.getpid()}"
    with open(neighbour, "wb") as new:  # noqa: PTH123
        new.write(data)
    os.replace(neighbour, name)  # noqa: PTH105
    return Written(written=1, size=len(data))
