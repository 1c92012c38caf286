"""One thing that ``koho doctor`` looked at, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a finding stands; the value is the mark shown."""

    GOOD = "良"
    NOTE = "注意"
    BAD = "要対応"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, what was seen and what to do about it."""

    subject: str
    verdict: Verdict
    seen: str
    mend: str = ""
