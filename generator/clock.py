"""The one place where koho looks at the clock; everything else is told the time."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    """Return the present moment in Japan, with its zone."""
    return datetime.now(TOKYO)


def today() -> date:
    """Return today's date in Japan."""
    return now().date()


def fiscal_year(day: date) -> int:
    """Return the fiscal year (年度) of a day: 1 April to 31 March."""
    return day.year if day.month >= 4 else day.year - 1
