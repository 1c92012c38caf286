"""Files that are whole at every moment: written beside their place, then moved there."""

from __future__ import annotations

import os
from pathlib import Path


def write_file(path: Path, content: bytes) -> None:
    """Write through a temporary neighbour and a move: at every moment the file is whole, old or new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    neighbour = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        neighbour.write_bytes(content)
        neighbour.replace(path)
    finally:
        neighbour.unlink(missing_ok=True)
