"""How dates, times, money and rates are written for people, in Japanese and English."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from fractions import Fraction

from generator.clock import TOKYO

_WEEKDAYS = "月火水木金土日"
_MAN = 10_000
_OKU = 100_000_000
_SPAN = re.compile(r"(\d{1,2})時(?:(\d{2})分)?[〜～~-](\d{1,2})時(?:(\d{2})分)?")
_NTH_DAYS = re.compile(r"(毎週|第\d(?:・第?\d)*)([月火水木金土日])曜日?(（祝日を除く）)?")
_DIGIT = re.compile(r"\d")
_DAYS_ABROAD = {"": "", "平日": "Weekdays", "毎日": "Daily"}
_WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ORDINALS = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 5: "5th"}


def day_of(moment: date | datetime) -> date:
    """Return the day in Japan of a date or a moment."""
    if not isinstance(moment, datetime):
        return moment
    return (moment.astimezone(TOKYO) if moment.tzinfo else moment).date()


def date_ja(moment: date | datetime) -> str:
    """Write 2023年11月22日（水）."""
    day = day_of(moment)
    return f"{day.year}年{day.month}月{day.day}日（{weekday_ja(day)}）"


def day_ja(moment: date | datetime) -> str:
    """Write 11月22日（水）, for lists whose year is plain."""
    day = day_of(moment)
    return f"{day.month}月{day.day}日（{weekday_ja(day)}）"


def month_ja(moment: date | datetime) -> str:
    """Write 2023年11月."""
    day = day_of(moment)
    return f"{day.year}年{day.month}月"


def weekday_ja(moment: date | datetime) -> str:
    """Write 水."""
    return _WEEKDAYS[day_of(moment).weekday()]


def date_en(moment: date | datetime) -> str:
    """Write 22 November 2023 (Wed)."""
    day = day_of(moment)
    return f"{day.day} {day:%B %Y (%a)}"


def clock_time(moment: datetime) -> str:
    """Write 13:30, as clocks in Japan show it."""
    local = moment.astimezone(TOKYO) if moment.tzinfo else moment
    return f"{local:%H:%M}"


def yen(amount: int) -> str:
    """Write 250万円, 1億2,000万円, 3,500円; whole units of ten thousand when nothing is lost."""
    if amount == 0 or amount % _MAN:
        return f"{amount:,}円"
    oku, rest = divmod(amount, _OKU)
    man = rest // _MAN
    return (f"{oku:,}億" if oku else "") + (f"{man:,}万" if man else "") + "円"


def yen_en(amount: int) -> str:
    """Write JPY 2,500,000."""
    return f"JPY {amount:,}"


def phone_abroad(number: str) -> str:
    """Write a Japanese number as it is dialled from abroad: 029-000-0010 → +81-29-000-0010."""
    return f"+81-{number.removeprefix('0')}" if number.startswith("0") else number


def hours_abroad(hours: str, days: str = "") -> str:
    """Write when an office answers, for readers abroad: 9時〜17時, 平日 → Weekdays 9:00–17:00, Japan time (UTC+9).

    Empty when the words are not understood: no hours are better than wrong ones.
    """
    spans = [_SPAN.fullmatch(part.strip()) for part in hours.split("、")]
    opened = _DAYS_ABROAD.get(days) if days in _DAYS_ABROAD else _nth_weekdays(days)
    if not all(spans) or opened is None:
        return ""
    times = ", ".join(f"{m[1]}:{m[2] or '00'}–{m[3]}:{m[4] or '00'}" for m in spans if m)
    return f"{opened} {times}, Japan time (UTC+9)".strip()


def _nth_weekdays(days: str) -> str | None:
    """第1・第3火曜日（祝日を除く） → 1st and 3rd Tuesday (except holidays)."""
    found = _NTH_DAYS.fullmatch(days)
    if not found:
        return None
    weekday = _WEEKDAY_NAMES[_WEEKDAYS.index(found[2])]
    which = (
        "Every" if found[1] == "毎週" else " and ".join(_ORDINALS[int(n)] for n in _DIGIT.findall(found[1]))
    )
    return f"{which} {weekday}" + (" (except holidays)" if found[3] else "")


def thousand_yen(amount: int) -> str:
    """Write 612,024千円, as plan tables do."""
    return f"{amount:,}千円"


def fee_ja(amount: int) -> str:
    """Write 無料 for nothing, else the amount."""
    return "無料" if amount == 0 else yen(amount)


def rate_ja(rate: Fraction | None) -> str:
    """Write 2/3以内; a call without a rate pays a fixed amount."""
    if rate is None:
        return "定額"
    return "10/10" if rate == 1 else f"{rate.numerator}/{rate.denominator}以内"


_STATE_MARKS = {
    "募集中": "open",
    "開催中": "open",
    "締切間近": "soon",
    "募集予定": "planned",
    "開催前": "planned",
    "終了": "closed",
    "中止": "stopped",
    "延期": "stopped",
}


def state_mark(state: str) -> str:
    """Return the name of a state's colour and shape; the word itself is always shown beside it."""
    return _STATE_MARKS[str(state)]


FILTERS: dict[str, Callable[..., str]] = {
    "date_ja": date_ja,
    "day_ja": day_ja,
    "month_ja": month_ja,
    "weekday_ja": weekday_ja,
    "date_en": date_en,
    "clock_time": clock_time,
    "yen": yen,
    "yen_en": yen_en,
    "phone_abroad": phone_abroad,
    "hours_abroad": hours_abroad,
    "thousand_yen": thousand_yen,
    "fee_ja": fee_ja,
    "rate_ja": rate_ja,
    "state_mark": state_mark,
}
"""Every filter that templates may use, by name."""
