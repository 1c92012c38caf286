"""What a company's form is made of: texts in two languages, inputs, tables of rows, sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Protocol


class Tongues(NamedTuple):
    """A text in the two languages of the form."""

    ja: str = ""
    en: str = ""

    def of(self, language: str) -> str:
        """Return the text of one language."""
        return self.en if language == "en" else self.ja


NOTHING = Tongues()


class Named(Protocol):
    """A code with its names."""

    @property
    def ja(self) -> str: ...  # noqa: D102
    @property
    def en(self) -> str: ...  # noqa: D102


class Kind(StrEnum):
    """How an input looks and is sent."""

    LINE = "line"
    LONG = "long"
    LIST = "list"  # one a line
    CHOICE = "choice"  # one code of a list
    CHOICES = "choices"  # codes to tick
    WORDS = "words"  # names of codes, typed
    TICK = "tick"


def _as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Input:
    """One input; ``read`` turns one line into its value, ``hint`` is also what an English error says."""

    name: str
    label: Tongues
    hint: Tongues = NOTHING
    kind: Kind = Kind.LINE
    entries: Callable[[], Mapping[str, Named]] | None = None
    read: Callable[[str], Any] = _as_it_is
    longest: int = 200
    is_required: bool = False
    keyboard: str = ""  # inputmode
    fills: str = ""  # autocomplete

    def choices(self, language: str) -> list[tuple[str, str]]:
        """Return the codes with their names."""
        entries = self.entries() if self.entries else {}
        return [(code, entry.en if language == "en" else entry.ja) for code, entry in entries.items()]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of rows: the inputs of a row, and what a row becomes."""

    label: Tongues
    parts: tuple[Input, ...]
    record: Callable[..., Any]
    hint: Tongues = NOTHING


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the form: its anchor, title, plain fields, and tables of rows."""

    name: str
    title: Tongues
    lead: Tongues = NOTHING
    fields: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
