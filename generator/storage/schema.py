"""What a room tells about its database, so that ``koho db upgrade`` can bring all of them up to date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import MetaData

from generator.settings import Settings


@dataclass(frozen=True)
class Schema:
    """One database: its tables, its migrations and where it is."""

    name: str
    metadata: MetaData
    migrations: Path
    url_of: Callable[[Settings], str]
