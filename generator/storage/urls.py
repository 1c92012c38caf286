"""The URL of a database, worked out without loading any database library."""

from __future__ import annotations

from pathlib import Path


def database_url(text: str, default: Path) -> str:
    """Return the URL of a setting, or of a SQLite file where none is set; a bare path means SQLite."""
    if not text:
        return f"sqlite:///{default}"
    return text if "://" in text else f"sqlite:///{Path(text).resolve()}"
