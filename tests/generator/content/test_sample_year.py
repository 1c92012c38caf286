"""The project's own content is a whole, plausible year: nothing dangles, nothing stands on a holiday."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from generator.clock import TOKYO
from generator.content.checks import check_content
from generator.content.codes import EventStatus, PlaceKind
from generator.content.library import Library, make_library
from generator.content.model import (
    Event,
    Grant,
    Item,
    LicensablePatent,
    Notice,
    OrderInquiry,
    Page,
    Place,
    Program,
    Report,
    Story,
)
from generator.content.reader import read_content
from generator.content.states import WindowState, grant_state
from generator.holidays import is_holiday
from generator.plan.model import Counts, Plan

CONTENT = Path(__file__).parents[3] / "content"
ON = date(2023, 11, 22)


@pytest.fixture(scope="module")
def library() -> Library:
    reading = read_content(CONTENT)
    items = [thing for thing in reading.things if isinstance(thing, Item)]
    plans = [thing for thing in reading.things if isinstance(thing, Plan)]
    problems = [*reading.problems, *check_content(items, plans, reading.fronts, CONTENT)]
    return make_library(reading.things, on=ON, problems=problems)


def plan_of(library: Library) -> Plan:
    return next(plan for plan in library.all(Plan) if plan.year == 2023)


def test_no_file_has_a_mistake(library: Library) -> None:
    assert not library.problems


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        (Program, 18),
        (Grant, 4),
        (Event, 33),
        (Notice, 60),
        (LicensablePatent, 12),
        (OrderInquiry, 8),
        (Story, 6),
        (Report, 2),
        (Page, 5),
    ],
)
def test_every_kind_looks_lived_in(library: Library, kind: type[Item], least: int) -> None:
    assert len(library.all(kind)) >= least


def test_ten_satellites_are_planned_and_most_are_open(library: Library) -> None:
    satellites = [place for place in library.all(Place) if place.kind is PlaceKind.SATELLITE]
    assert len(satellites) == 10
    assert sum(1 for place in satellites if place.opened and place.opened <= ON) == 8


def test_every_section_and_every_line_has_a_program(library: Library) -> None:
    plan, programs = plan_of(library), library.all(Program)
    assert {program.section for program in programs} == {section.key for section in plan.sections}
    served = {key for program in programs for key in program.plan}
    assert served == {line.key for section in plan.sections for line in section.lines}


def test_a_program_serves_lines_of_its_own_section(library: Library) -> None:
    for program in library.all(Program):
        assert all(key.startswith(f"{program.section}-") for key in program.plan), program.path


def test_the_events_of_the_year_keep_each_promise_of_the_plan(library: Library) -> None:
    held_or_planned = Counter(
        key for event in library.all(Event) if event.status is not EventStatus.CANCELLED for key in event.plan
    )
    promised = {
        line.key: line.target
        for section in plan_of(library).sections
        for line in section.lines
        if line.counts in {Counts.EVENTS, Counts.COURSES} and line.target
    }
    assert {key: held_or_planned[key] for key in promised} == promised


def test_events_are_neither_on_a_weekend_nor_on_a_holiday(library: Library) -> None:
    for event in library.all(Event):
        days = [session.starts.astimezone(TOKYO).date() for session in event.sessions]
        assert not [day for day in (*days, event.deadline) if day and is_day_off(day)], event.path


def test_calls_close_on_working_days(library: Library) -> None:
    assert not [grant.path for grant in library.all(Grant) if is_day_off(grant.closes)]


def test_every_state_of_a_call_is_seen(library: Library) -> None:
    assert {grant_state(grant, ON) for grant in library.all(Grant)} == set(WindowState)


def test_the_grant_table_of_the_plan_is_exact(library: Library) -> None:
    table = {(g.program, g.support_period, g.ceiling_yen, g.rate and str(g.rate)) for g in library.all(Grant)}
    assert {
        ("overseas-sales-grant", "1年（当該年度内）", 1_000_000, "2/3"),
        ("new-technology-grant-single-year", "1年（当該年度内）", 2_500_000, "2/3"),
        ("new-technology-grant-multi-year", "1年超2年以内", 5_000_000, "2/3"),
    } <= table
    assert [g.ceiling_yen for g in library.all(Grant) if g.program == "social-startup"] == [2_000_000]


def test_events_are_cancelled_postponed_and_in_courses_too(library: Library) -> None:
    events = library.all(Event)
    assert {event.status for event in events} == set(EventStatus)
    assert any(len(event.sessions) > 3 for event in events)
    assert {event.attendance.value for event in events} == {"venue", "online", "hybrid"}


def test_every_event_names_its_kana_program_and_desk(library: Library) -> None:
    assert not [e.path for e in library.all(Event) if not (e.kana and e.program and e.desk and e.capacity)]


def test_telephones_are_sample_numbers(library: Library) -> None:
    numbers = [place.telephone for place in library.all(Place)]
    assert all(number.startswith("029-000-") for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_what_partners_abroad_need_has_an_english_twin(library: Library) -> None:
    assert sum(1 for event in library.all(Event) if event.english) >= 4
    assert all(page.english for page in library.all(Page) if page.slug != "terms")
    desk = library.get(Place, "overseas-desk")
    assert desk.english is not None


def is_day_off(day: date) -> bool:
    return day.weekday() >= 5 or is_holiday(day)
