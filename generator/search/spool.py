"""The normalised texts of all documents in one file, as workers read them: UTF-16, four classes a document."""

from __future__ import annotations

import mmap
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from generator.search.document import SearchDocument
from generator.search.normalise import normalise

NAME, READING, ABILITY, TEXT = 3, 2, 1, 0
"""The classes of a match, strongest first: the name · its kana or English · what it makes · the rest."""

CLASS_OF_FIELD = {
    "name": NAME,
    "kana": READING,
    "english": READING,
    "products": ABILITY,
    "processes": ABILITY,
    "materials": ABILITY,
    "equipment": ABILITY,
}
END = "\n\n\n"  # follows every field, so that each window of four characters stays inside one field
NAME_START = "\x02"  # stands before a name's core, so that the beginning of a name can be asked for
_FORMS = (
    "株式会社",
    "有限会社",
    "合同会社",
    "合資会社",
    "合名会社",
    "一般社団法人",
    "一般財団法人",
    "公益社団法人",
    "公益財団法人",
    "特定非営利活動法人",
)


def class_texts(document: SearchDocument) -> tuple[str, str, str, str]:
    """Return the document's normalised fields by class (index = class), each field closed by END."""
    lines: tuple[list[str], ...] = ([], [], [], [])
    given = {"name": document.title, **document.fields} if "name" not in document.fields else document.fields
    for name, raw in given.items():
        strength = CLASS_OF_FIELD.get(name, TEXT)
        for line in raw.split("\n"):
            if text := normalise(line):
                lines[strength].append(text)
                if strength >= READING:
                    lines[strength].append(NAME_START + core_of_name(text))
    return tuple("".join(line + END for line in dict.fromkeys(group)) for group in lines)  # type: ignore[return-value]


def core_of_name(name: str) -> str:
    """Return a normalised name without its company form at either end."""
    for form in _FORMS:
        if name != form and (name.startswith(form) or name.endswith(form)):
            return name.removeprefix(form).removesuffix(form)
    return name


@dataclass(frozen=True)
class Spool:
    """Where each document's four texts lie: ``bounds`` has five offsets a document, in the order of numbers."""

    path: Path
    bounds: array[int]

    def __len__(self) -> int:
        """Count the documents, holes included."""
        return len(self.bounds) // 5

    def segments(self) -> Iterator[tuple[int, int, memoryview]]:
        """Yield (document number, class, UTF-16 bytes) with numbers ascending."""
        data = map_file(self.path)
        bounds = self.bounds
        for number in range(len(self)):
            at = number * 5
            for strength in (TEXT, ABILITY, READING, NAME):
                first, last = bounds[at + strength], bounds[at + strength + 1]
                if first != last:
                    yield number, strength, data[first:last]


def map_file(path: Path) -> memoryview:
    """Return a file's bytes as the system maps them: workers share one copy."""
    with path.open("rb") as file:
        return memoryview(
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
        )


def append_texts(file: BinaryIO, texts: tuple[str, str, str, str]) -> tuple[int, int, int, int, int]:
    """Write one document's texts and return their five offsets."""
    offsets = [file.tell()]
    for text in texts:
        offsets.append(offsets[-1] + file.write(text.encode("utf-16-le", "surrogatepass")))
    return tuple(offsets)  # type: ignore[return-value]
