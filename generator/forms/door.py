"""What a room tells about one of the public's doors, so that it can run alone or beside the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.applications import Starlette

from generator.settings import Settings


@dataclass(frozen=True)
class Door:
    """One ASGI app, where it is mounted, and how it is made."""

    name: str
    mount: str  # /subscribe, /companies/edit …
    make: Callable[[Settings], Starlette]
    check: Callable[[Settings], None] = lambda _settings: None  # raises when the door cannot do its work
