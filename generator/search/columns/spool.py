"""Windows on their way from those who read the documents to those who write the shards: one file a share, ordered by slot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.search.columns.windows import Windows, slot

_HEAD = 257  # places of the slots' first rows, and of the end
_COLUMNS = (
    ("gram", np.uint32),
    ("following", np.uint32),
    ("place", np.uint32),
    ("document", np.uint16),
    ("strength", np.uint8),
)


def save_windows(path: Path, rows: Windows, first: int) -> list[int]:
    """Write undivided windows in the order of slots; return how many each slot has. ``first`` is the lowest document."""
    bounds = np.searchsorted(slot(rows.gram.view(np.uint16)[::2]), np.arange(_HEAD))
    columns = rows._replace(document=rows.document - np.uint32(first))
    with path.open("wb") as file:
        bounds.astype(np.uint64).tofile(file)
        for name, kind in _COLUMNS:
            getattr(columns, name).astype(kind).tofile(file)
    return [int(count) for count in np.diff(bounds)]


def load_windows(path: Path, slots: range, first: int) -> Windows:
    """Read the windows of some slots."""
    with path.open("rb") as file:
        bounds = np.fromfile(file, np.uint64, _HEAD).astype(np.int64)
        start, count = int(bounds[slots.start]), int(bounds[slots.stop] - bounds[slots.start])
        read: dict[str, NDArray[Any]] = {}
        at = 8 * _HEAD
        for name, kind in _COLUMNS:
            size = np.dtype(kind).itemsize
            file.seek(at + start * size)
            read[name] = np.fromfile(file, kind, count)
            at += int(bounds[-1]) * size
    read["document"] = read["document"] + np.uint32(first)
    return Windows(part=np.zeros(count, np.uint8), **read)
