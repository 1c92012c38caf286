"""Which CSS the mail readers of our subscribers understand: a small table with its date, and the lint on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson


@dataclass(frozen=True, slots=True)
class Finding:
    """A feature that some readers ignore; an error unless the table says how it degrades."""

    feature: str
    clients: tuple[str, ...]
    is_error: bool


@dataclass(frozen=True, slots=True)
class _Feature:
    name: str
    pattern: re.Pattern[str]
    missing: tuple[str, ...]
    degrades: str


def lint_html(html: str) -> tuple[Finding, ...]:
    """Return each feature in a mail's styles that a reader does not support and that does not degrade by itself."""
    return tuple(
        Finding(feature.name, feature.missing, is_error=True)
        for feature in _features()
        if feature.missing and not feature.degrades and feature.pattern.search(html)
    )


@cache
def _features() -> tuple[_Feature, ...]:
    table = orjson.loads(files("newsletters.issue").joinpath("client_support.json").read_bytes())
    return tuple(
        _Feature(
            row["feature"],
            re.compile(row["pattern"], re.IGNORECASE),
            tuple(c for c, mark in zip(table["clients"], row["support"], strict=True) if mark == "n"),
            row.get("degrades", ""),
        )
        for row in table["features"]
    )
