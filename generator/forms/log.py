"""One line of JSON for every request that changes or fails: ids and numbers, never what a person typed."""

from __future__ import annotations

import json
import logging
from collections.abc import MutableMapping
from typing import Any, TextIO

from starlette.requests import HTTPConnection

from generator import clock

LOGGER = logging.getLogger("koho.doors")
_IDS = "koho.ids"


def note(connection: HTTPConnection, **ids: int) -> None:
    """Add numbers of our own (a subscriber, a registration) to the line of this request."""
    connection.scope.setdefault(_IDS, {}).update(ids)


def write_line(scope: MutableMapping[str, Any], door: str, status: int, milliseconds: float) -> None:
    """Write a request's line; GETs that went well are only counted.

    The handler's name stands for the path, because a path may hold anything.
    """
    if status < 400 and scope["method"] in {"GET", "HEAD"}:
        return
    handler = getattr(scope.get("endpoint"), "__name__", "")
    line = {
        "at": clock.now().isoformat(timespec="milliseconds"),
        "door": door,
        "handler": handler,
        "method": scope["method"],
        "status": status,
        "ms": round(milliseconds, 1),
        **scope.get(_IDS, {}),
    }
    LOGGER.log(logging.ERROR if status >= 500 else logging.INFO, "%s", json.dumps(line))


def report(what: str, **ids: int) -> None:
    """Write that something failed after its answer had gone, with the numbers to find it by."""
    line = {"at": clock.now().isoformat(timespec="milliseconds"), "failed": what, **ids}
    LOGGER.error("%s", json.dumps(line))


def open_log(stream: TextIO) -> None:
    """Send the lines to a stream; a service's stream is the machine's journal."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s"))
    LOGGER.handlers[:] = [handler]
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
