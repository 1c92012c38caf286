from __future__ import annotations

from datetime import date

import pytest

from generator.errors import SettingsError
from newsletters.calendar import next_slot, year_slots
from newsletters.declaration import Cadence
from tests.newsletters.test_selection import MAGAZINE


def test_the_first_four_wednesdays_make_48_issues() -> None:
    for year in (2023, 2024, 2025):
        slots = year_slots(MAGAZINE, year)
        assert len(slots) == 48
        assert [s.number for s in slots] == list(range(slots[0].number, slots[0].number + 48))


def test_holidays_move_an_issue_to_the_next_business_day() -> None:
    moved = {s.rule_date: (s.issue_date, s.shifted) for s in year_slots(MAGAZINE, 2023) if s.shifted}
    assert moved == {
        date(2023, 5, 3): (date(2023, 5, 8), "憲法記念日"),
        date(2024, 1, 3): (date(2024, 1, 4), "休業日"),
        date(2024, 3, 20): (date(2024, 3, 21), "春分の日"),
    }


def test_a_changed_rule_never_renumbers_what_was_sent() -> None:
    sent = {s.issue_date: s.number for s in year_slots(MAGAZINE, 2023) if s.issue_date < date(2023, 7, 1)}
    weekly = MAGAZINE.cadence.model_copy(update={"rule": "FREQ=WEEKLY;BYDAY=TU"})
    slots = year_slots(MAGAZINE.model_copy(update={"cadence": weekly}), 2023, sent)
    numbers = {s.issue_date: s.number for s in slots}
    assert sent.items() <= numbers.items()
    after = [s.number for s in slots if s.issue_date > max(sent)]
    assert after[:3] == [max(sent.values()) + n for n in (1, 2, 3)]
    assert {s.number for s in slots if s.issue_date < max(sent) and s.issue_date not in sent} == {0}


def test_a_moved_day_wins_over_the_rule() -> None:
    cadence = MAGAZINE.cadence.model_copy(update={"moved": {date(2023, 11, 22): date(2023, 11, 24)}})
    days = [s.issue_date for s in year_slots(MAGAZINE.model_copy(update={"cadence": cadence}), 2023)]
    assert date(2023, 11, 24) in days
    assert date(2023, 11, 22) not in days


def test_the_next_issue_is_the_first_that_is_not_taken() -> None:
    assert next_slot(MAGAZINE, date(2023, 11, 22)).issue_date == date(2023, 11, 22)
    assert next_slot(MAGAZINE, date(2023, 11, 22), {date(2023, 11, 22): 512}).issue_date == date(2023, 12, 6)
    assert next_slot(MAGAZINE, date(2024, 3, 28)).issue_date == date(2024, 4, 3)


def test_a_rule_that_is_none_is_told() -> None:
    broken = MAGAZINE.cadence.model_copy(update={"rule": "EVERY WEDNESDAY"})
    with pytest.raises(SettingsError, match="RRULE"):
        year_slots(MAGAZINE.model_copy(update={"cadence": broken}), 2023)


def test_quiet_hours_run_over_midnight() -> None:
    cadence = Cadence.model_validate({"rule": "FREQ=DAILY", "since": "2023-04-01", "at": "10:53"})
    assert [cadence.is_quiet(cadence.at.replace(hour=h)) for h in (7, 8, 20, 21, 23, 0)] == [
        True,
        False,
        False,
        True,
        True,
        True,
    ]
