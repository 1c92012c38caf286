"""Which differential files are missing: the register publishes one on every working day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from generator.holidays import is_holiday

_YEAR_END = {(12, 29), (12, 30), (12, 31), (1, 2), (1, 3)}


@dataclass(frozen=True, slots=True)
class Gap:
    """Working days in a row without a file."""

    first: date
    last: date
    days: int


def find_gaps(days: Iterable[date]) -> tuple[Gap, ...]:
    """Return the working days that stand between the days there are files of."""
    gaps = []
    for before, after in pairwise(sorted(set(days))):
        between = (before + timedelta(days=n) for n in range(1, (after - before).days))
        if missing := [day for day in between if is_working_day(day)]:
            gaps.append(Gap(missing[0], missing[-1], len(missing)))
    return tuple(gaps)


def is_working_day(day: date) -> bool:
    """Say whether public offices work on a day."""
    return day.weekday() < 5 and (day.month, day.day) not in _YEAR_END and not is_holiday(day)
