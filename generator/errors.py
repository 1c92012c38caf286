"""Errors by who must act, and the problems that a person mends in a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """What the command line answers to the shell."""

    DONE = 0
    PROBLEMS = 1
    USAGE = 2
    SETTINGS = 3
    REFUSED = 4
    SERVICE = 5


class Severity(StrEnum):
    """Errors keep the site from being replaced; warnings do not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend: where it stands, the value found, what is wrong and what to write instead.

    ``path`` is relative to the project; ``line`` counts from 1 (0: the whole file).
    """

    path: str
    line: int
    field: str
    value: str
    message: str
    mend: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """Read as ``path:line: field: value: what is wrong; what to write``."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        parts = [place, *([self.field] if self.field else []), *([f"「{self.value}」"] if self.value else [])]
        return ": ".join([*parts, self.message]) + (f"。{self.mend}" if self.mend else "")


def meant(written: str, known: Iterable[str], otherwise: str) -> str:
    """Return the mend of a name that nothing has: the name that it resembles, or other advice."""
    from difflib import get_close_matches

    near = get_close_matches(written, sorted(known), n=1)
    return f"「{near[0]}」のことですか" if near else otherwise


class KohoError(Exception):
    """The base of every error that koho raises on purpose."""

    exit_code: ExitCode = ExitCode.PROBLEMS


class ContentError(KohoError):
    """An editor must mend one or more files; carries every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class DataError(KohoError):
    """The owner of a data file must mend it; nothing was changed."""


class SettingsError(KohoError):
    """The operator must mend the settings or the machine."""

    exit_code = ExitCode.SETTINGS


class RefusedError(KohoError):
    """A rule says no: a person with authority must decide."""

    exit_code = ExitCode.REFUSED


class ServiceError(KohoError):
    """An outside service did not do its part; waiting may help."""

    exit_code = ExitCode.SERVICE
