"""When issues go out: the year's dates from a recurrence rule, moved off holidays, and their numbers."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.rrule import rrulestr

from generator.clock import TOKYO, fiscal_year
from generator.errors import SettingsError
from generator.holidays import holiday_name, is_holiday
from newsletters.declaration import Cadence, Newsletter


@dataclass(frozen=True, slots=True)
class Slot:
    """One date of the calendar: the day by the rule, the day it falls on and why they differ."""

    rule_date: date
    issue_date: date
    number: int
    shifted: str = ""  # holiday's name or 休業日


def is_business_day(cadence: Cadence, day: date) -> bool:
    """Say whether the office works on this day."""
    if day in cadence.working:
        return True
    return day.weekday() < 5 and day not in cadence.closed and not is_holiday(day)


def year_slots(
    newsletter: Newsletter,
    year: int,
    sent: Mapping[date, int] | None = None,
    *,
    between: Iterable[date] = (),
) -> tuple[Slot, ...]:
    """Return a fiscal year's issues (April to March) with their numbers.

    ``sent`` (issue date → number of issues already frozen) always wins: a new rule never renumbers them, and
    the dates after the last of them count on from its number. ``between`` are the days of issues that are being made
    beside the rule (訂正号, 臨時号); they take their number in the order of days.
    """
    until = date(year + 1, 3, 31)
    days = [
        (rule_day, *_land(newsletter.cadence, rule_day)) for rule_day in _rule_days(newsletter.cadence, until)
    ]
    slots = _numbered(newsletter, days, dict(sent or {}), between)
    return tuple(slot for slot in slots if fiscal_year(slot.issue_date) == year)


def next_slot(
    newsletter: Newsletter,
    on: date,
    sent: Mapping[date, int] | None = None,
    *,
    skip: Container[date] | None = None,
) -> Slot:
    """Return the first slot on or after a day that is not to be skipped: not sent, unless ``skip`` says otherwise."""
    gone = sent or {}
    passed = gone if skip is None else skip
    for year in range(fiscal_year(on), fiscal_year(on) + 3):
        for slot in year_slots(newsletter, year, gone):
            if slot.issue_date >= on and slot.number and slot.issue_date not in passed:
                return slot
    raise SettingsError(
        f"{newsletter.name}: {on} より後に発行日がありません。cadence.rule を見直してください"
    )


def submit_moment(newsletter: Newsletter, issue_date: date) -> datetime:
    """Return when an issue of this date is to leave, in Japan."""
    return datetime.combine(issue_date, newsletter.cadence.at, TOKYO)


def _rule_days(cadence: Cadence, until: date) -> list[date]:
    start = datetime.combine(cadence.since, cadence.at)
    try:
        rule = rrulestr(cadence.rule, dtstart=start)
    except (ValueError, KeyError):
        raise SettingsError(f"cadence.rule: 「{cadence.rule}」: RRULEとして読めません") from None
    end = datetime.combine(until, cadence.at)
    return [moment.date() for moment in rule.between(start, end, inc=True)]


def _land(cadence: Cadence, rule_day: date) -> tuple[date, str]:
    if rule_day in cadence.moved:
        return cadence.moved[rule_day], "変更"
    day, why = rule_day, ""
    while not is_business_day(cadence, day):
        why = why or holiday_name(day) or ("休業日" if day in cadence.closed else "土日")
        day += timedelta(days=1)
    return day, why


def _numbered(
    newsletter: Newsletter, days: list[tuple[date, date, str]], sent: dict[date, int], between: Iterable[date]
) -> list[Slot]:
    slots, number, last = [], newsletter.first_number, max(sent, default=date.min)
    planned = {day for _, day, _ in days}
    strays = [(day, day, "") for day in {*sent, *between} if day not in planned]
    for rule_day, day, why in sorted([*days, *strays], key=lambda d: d[1]):
        if day in sent:
            slots.append(Slot(rule_day, day, sent[day], why))
            number = max(number, sent[day] + 1)
        elif day > last:
            slots.append(Slot(rule_day, day, number, why))
            number += 1
        else:
            slots.append(Slot(rule_day, day, 0, "発行せず"))
    return slots
