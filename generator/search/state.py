"""What one build of the index leaves for the next, so that little work changes few files."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import orjson

from generator.search.intake import Taken
from generator.search.writing import write_if_changed

VERSION = 1  # of the files' form; raise it and the next build starts anew


@dataclass(frozen=True)
class IndexState:
    """Document numbers, what the documents held, and how the files were cut."""

    numbers: Mapping[str, int]
    digests: Mapping[str, int]
    bounds: tuple[int, ...]
    dictionary: bytes
    files: int
    size: int

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Read the state of the last build; None when there is none of this form."""
        try:
            data = orjson.loads(path.read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return None
        if data.get("version") != VERSION:
            return None
        return cls(
            data["numbers"],
            data["digests"],
            tuple(data["bounds"]),
            b64decode(data["dictionary"]),
            data["files"],
            data["size"],
        )

    def save(self, path: Path) -> None:
        """Write the state beside the spools."""
        data = {
            "version": VERSION,
            "numbers": self.numbers,
            "digests": self.digests,
            "bounds": self.bounds,
            "dictionary": b64encode(self.dictionary).decode(),
            "files": self.files,
            "size": self.size,
        }
        write_if_changed(path, orjson.dumps(data))

    def keeps(self, numbers: Mapping[str, int]) -> bool:
        """Say whether the documents that are still here kept their numbers."""
        return all(self.numbers.get(key, number) == number for key, number in numbers.items())


def number_documents(taken: Sequence[Taken], earlier: IndexState | None) -> dict[str, int]:
    """Number the documents: as before while little came or went, else anew in their best order."""
    keys = {one.key for one in taken}
    if earlier:
        fresh = [one.key for one in taken if one.key not in earlier.numbers]
        gone = len(earlier.numbers) - (len(keys) - len(fresh))
        if len(fresh) + gone <= max(20, len(keys) // 50):
            numbers = {key: number for key, number in earlier.numbers.items() if key in keys}
            used = set(numbers.values())
            free = (number for number in range(len(used) + len(fresh)) if number not in used)
            return numbers | dict(zip(fresh, free, strict=False))
    ordered = sorted(taken, key=lambda one: one.order)
    return {one.key: number for number, one in enumerate(ordered)}
