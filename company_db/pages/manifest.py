"""Remembers from which inputs each file of the directory was made, so that a run touches only what changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from generator.storage.files import write_file

_FORM = 2


@dataclass(frozen=True)
class Manifest:
    """Digests of inputs by unit. ``run`` is the fingerprint of a finished run, empty after an interrupted one."""

    run: str = ""
    look: str = ""
    units: dict[str, str] = field(default_factory=dict)
    facts: dict[str, list[Any]] = field(default_factory=dict)  # member's key → digest and its list facts

    @classmethod
    def load(cls, path: Path) -> Manifest:
        """Read it; a missing or broken one is an empty one, after which everything is written anew."""
        try:
            value = orjson.loads(path.read_bytes())
            if value.pop("form") != _FORM:
                return cls()
            return cls(**value)
        except (OSError, ValueError, TypeError, KeyError):
            return cls()

    def save(self, path: Path) -> None:
        """Write it through a temporary neighbour."""
        value = {
            "form": _FORM,
            "run": self.run,
            "look": self.look,
            "units": self.units,
            "facts": self.facts,
        }
        write_file(path, orjson.dumps(value))

    def forgetting(self, units: Iterable[str], *, everything: bool) -> Manifest:
        """Return it as it must stand on disk while some units are written: known, but not as finished."""
        look = "" if everything else self.look
        return Manifest(look=look, units={**self.units, **dict.fromkeys(units, "")}, facts=self.facts)
