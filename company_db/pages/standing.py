"""What of the directory stands on disk: which files a unit has, which are missing, which are to go."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from company_db.pages.pen import NEW
from company_db.pages.words import WORDS


def is_company(unit: str) -> bool:
    """Say whether a unit is a company's page; the others carry a slash or a dot, or are empty."""
    return unit.isalnum()


def files_of(unit: str) -> tuple[str, ...]:
    """Return the site-relative files of a unit."""
    if unit.endswith(".data"):
        path = f"companies/{unit.removesuffix('.data')}"
        return f"{path}.json", f"{path}.csv"
    if is_company(unit):
        unit += "/"
    if unit.endswith("/") or not unit:
        return tuple(f"{words.prefix}companies/{unit}index.html" for words in WORDS.values())
    return (f"companies/{unit}",)


@dataclass(frozen=True)
class Standing:
    """The names of companies' folders, by language, when a run begins."""

    site: Path
    names: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, site: Path) -> Standing:
        """Look once; files that an interrupted run left half-written are removed here."""
        found = []
        for words in WORDS.values():
            folder = site / words.prefix / "companies"
            entries = os.listdir(folder) if folder.is_dir() else []  # noqa: PTH208 - tens of thousands of names
            for entry in [entry for entry in entries if entry.startswith(NEW)]:
                with suppress(FileNotFoundError):
                    (folder / entry).unlink()
            found.append(frozenset(entries))
        return cls(site, tuple(found))

    def missing(self, units: Mapping[str, str]) -> set[str]:
        """Return the units whose files are not there; of companies' pages only the folders are looked at."""
        absent = {unit for names in self.names for unit in units if unit not in names}
        return {unit for unit in absent if is_company(unit) or not self._has(unit)}

    def _has(self, unit: str) -> bool:
        return all(os.path.exists(f"{self.site}/{file}") for file in files_of(unit))  # noqa: PTH110 - thousands of them

    def strangers(self, units: Mapping[str, str]) -> set[str]:
        """Return companies' folders that no company has any more."""
        return {name for names in self.names for name in names.difference(units) if _is_key(name)}


def _is_key(name: str) -> bool:
    return (len(name) == 13 and name.isdigit()) or (len(name) == 9 and name[0] == "k" and name[1:].isdigit())


def remove(site: Path, units: Iterable[str]) -> int:
    """Remove the files of units and the folders that they leave empty; return how many files went."""
    removed = 0
    for unit in units:
        for file in files_of(unit):
            path = site / file
            with suppress(FileNotFoundError):
                path.unlink()
                removed += 1
            if file.endswith(("/index.html", ".webp")):
                with suppress(OSError):
                    path.parent.rmdir()
    return removed
