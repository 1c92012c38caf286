"""Japan's public holidays."""

from __future__ import annotations

from datetime import date

import jpholiday


def is_holiday(day: date) -> bool:
    """Say whether a day is a public holiday (国民の祝日・休日); weekends are not."""
    return bool(jpholiday.is_holiday(day))


def holiday_name(day: date) -> str:
    """Return the name of the public holiday on a day, or empty."""
    return jpholiday.is_holiday_name(day) or ""
