"""The ledger counts what exists, in the line's own unit, and says where the proof stands."""

from __future__ import annotations

from datetime import date
from typing import Any

from generator.content.company import CompanyProfile
from generator.content.library import make_library
from generator.content.model import Report
from generator.plan.ledger import Ledger, LedgerLine, Pace, count_plan, find_plan
from generator.plan.model import CompanyGroup, Counts, Plan, PlanLine, PlannedCount, PlanSection, StaffActual
from tests.builders import (
    ON,
    make_back_issue,
    make_event,
    make_grant,
    make_notice,
    make_order,
    make_patent,
    make_place,
    make_program,
    make_session,
)


def make_line(counts: Counts, key: str = "1-1-ア", **over: Any) -> PlanLine:
    given: dict[str, Any] = {"key": key, "marker": "ア", "text": "見本の行", "target": 3, "unit": "回"}
    return PlanLine(**(given | over), counts=counts)


def make_plan(*lines: PlanLine, actuals: tuple[StaffActual, ...] = ()) -> Plan:
    section = PlanSection(key="1-1", marker="(1)①", title="見本事業", chapter="見本", lines=lines)
    return Plan(year=2023, title="令和5年度事業計画", sections=(section,), actuals=actuals)


def ledger_of(plan: Plan, *things: object, on: date = ON) -> Ledger:
    return count_plan(plan, make_library(things, on=on), on)


def counted(line: PlanLine, *things: object, on: date = ON) -> LedgerLine:
    return ledger_of(make_plan(line), *things, on=on).lines[0]


def test_an_event_counts_once_it_was_held_and_is_planned_before() -> None:
    held = make_event("held", day=date(2023, 11, 21), plan=("1-1-ア",))
    coming = make_event("coming", day=date(2024, 1, 20), plan=("1-1-ア",))
    next_year = make_event("next-year", day=date(2024, 4, 2), plan=("1-1-ア",))
    line = counted(make_line(Counts.EVENTS), held, coming, next_year)
    assert (line.actual, line.planned) == (1, 1)
    assert [e.address for e in line.evidence] == ["events/2023/held/"]
    assert [e.address for e in line.upcoming] == ["events/2023/coming/"]


def test_cancelled_and_postponed_events_count_neither_as_held_nor_as_planned() -> None:
    things = [
        make_event("cancelled", day=date(2023, 10, 1), status="cancelled", plan=("1-1-ア",)),
        make_event("postponed", day=date(2024, 1, 10), status="postponed", plan=("1-1-ア",)),
    ]
    line = counted(make_line(Counts.EVENTS), *things)
    assert (line.actual, line.planned, line.evidence) == (0, 0, ())


def test_the_sessions_of_a_course_are_one_course_that_counts_on_its_last_day() -> None:
    sessions = tuple(make_session(date(2023, 11, day)) for day in (1, 8, 15, 29))
    course = make_event("course", sessions=sessions, plan=("1-1-ア",))
    line = make_line(Counts.COURSES, target=1, unit="コース")
    assert (counted(line, course).actual, counted(line, course).planned) == (0, 1)
    assert counted(line, course, on=date(2023, 11, 29)).actual_text == "1コース"


def test_one_issue_counts_once_as_an_issue_and_by_its_items_as_items() -> None:
    issues = make_line(Counts.ISSUES, key="7-ウ", target=48, unit="回")
    items = make_line(Counts.ITEMS, key="1-1-ケ", target=48, unit="件")
    issue = make_back_issue(plan={"7-ウ": 1, "1-1-ケ": 3})
    ledger = ledger_of(make_plan(issues, items), issue)
    assert ledger.get("7-ウ").actual_text == "1回"
    assert ledger.get("1-1-ケ").actual_text == "3件"
    assert ledger.get("1-1-ケ").evidence[0].address == "newsletters/magazine/2023-11-15/"


def test_what_a_neighbour_has_scheduled_is_planned_until_the_end_of_the_year() -> None:
    line = make_line(Counts.ISSUES, target=48)
    days = (date(2023, 11, 29), date(2024, 3, 27), date(2024, 4, 3))
    planned = [PlannedCount(line="1-1-ア", day=day, label="見本マガジン") for day in days]
    assert counted(line, *planned).planned == 2


def test_the_newest_number_typed_by_the_day_is_taken_with_its_source() -> None:
    typed = tuple(
        StaffActual(line="1-1-ア", value=value, as_of=day, source="派遣台帳")
        for value, day in ((120, date(2023, 7, 31)), (462, date(2023, 10, 31)), (600, date(2023, 12, 31)))
    )
    plan = make_plan(make_line(Counts.STAFF, target=780, unit="日"), actuals=typed)
    line = ledger_of(plan).lines[0]
    assert (line.actual, line.evidence[0].source, line.evidence[0].day) == (
        462,
        "派遣台帳",
        date(2023, 10, 31),
    )
    assert (line.expected, line.pace) == (
        456,
        Pace.ON_TRACK,
    )  # 780 × 214/366, the pace on the day of the number


def test_a_line_that_staff_have_not_typed_shows_no_number() -> None:
    assert counted(make_line(Counts.STAFF)).actual_text == "―"


def test_an_ongoing_line_shows_its_count_without_a_target() -> None:
    line = counted(
        make_line(Counts.NOTICES, target=None, unit="", ongoing=True), make_notice(plan=("1-1-ア",))
    )
    assert (line.target_text, line.actual_text, line.pace, line.share) == ("随時", "1件", Pace.ONGOING, None)


def test_an_approximate_target_is_reached_a_little_below_it() -> None:
    events = [make_event(f"fair-{i}", day=date(2023, 6, i), plan=("1-1-ア",)) for i in (1, 2, 3, 4)]
    about = counted(make_line(Counts.EVENTS, target=5, approximate=True), *events)
    exact = counted(make_line(Counts.EVENTS, target=5), *events)
    assert (about.target_text, about.pace) == ("5回程度", Pace.REACHED)
    assert exact.pace is not Pace.REACHED


def test_two_of_about_three_are_not_enough() -> None:
    events = [make_event(f"fair-{i}", day=date(2023, 6, i), plan=("1-1-ア",)) for i in (1, 2)]
    assert counted(make_line(Counts.EVENTS, approximate=True), *events).pace is not Pace.REACHED


def test_a_line_is_behind_only_when_neither_done_nor_scheduled() -> None:
    late = counted(make_line(Counts.EVENTS, target=6))
    scheduled = [make_event(f"e{i}", day=date(2024, 2, i), plan=("1-1-ア",)) for i in range(1, 7)]
    assert late.pace is Pace.BEHIND
    assert counted(make_line(Counts.EVENTS, target=6), *scheduled).pace is Pace.ON_TRACK


def test_people_and_places_are_due_at_once_not_by_pace() -> None:
    places = [
        make_place(f"p{i}", kind="satellite", opened=date(2021, 4, 1), plan=("1-1-ア",)) for i in range(9)
    ]
    line = counted(make_line(Counts.PLACES, target=10, unit="か所"), *places)
    assert (line.expected, line.actual, line.pace) == (10, 9, Pace.BEHIND)


def test_every_other_register_counts_its_own_things() -> None:
    report = Report(slug="r", path="reports/r.md", title="調査", published=date(2023, 9, 1), plan=("1-1-ア",))
    cases = {
        Counts.PATENTS: make_patent(plan=("1-1-ア",)),
        Counts.ORDERS: make_order(plan=("1-1-ア",)),
        Counts.REPORTS: report,
        Counts.PROGRAMS: make_program(plan=("1-1-ア",)),
    }
    assert {
        counts: counted(make_line(counts), thing).actual for counts, thing in cases.items()
    } == dict.fromkeys(cases, 1)
    assert counted(make_line(Counts.PROGRAMS), make_grant(plan=("1-1-ア",))).actual == 1


def test_companies_are_counted_by_group_and_by_the_day_they_joined() -> None:
    companies = [
        CompanyProfile(key="k1", name="輸出", export_countries=("VN",), registered=date(2022, 1, 1)),
        CompanyProfile(key="k2", name="受注", accepts_orders=True, registered=date(2023, 5, 1)),
        CompanyProfile(key="k3", name="未来", accepts_orders=True, registered=date(2024, 1, 1)),
    ]
    actual = {
        group: counted(make_line(Counts.COMPANIES, target=None, unit="", companies=group), *companies).actual
        for group in CompanyGroup
    }
    assert actual == {CompanyGroup.ALL: 2, CompanyGroup.EXPORTING: 1, CompanyGroup.TAKING_ORDERS: 1}


def test_a_part_that_exceeds_its_whole_is_doubted() -> None:
    whole = make_line(Counts.STAFF, key="4-1-イ", target=780, unit="日")
    part = make_line(Counts.STAFF, key="4-1-イ-1", target=40, unit="日", part_of="4-1-イ")
    typed = tuple(
        StaffActual(line=key, value=value, as_of=date(2023, 10, 31), source="台帳")
        for key, value in (("4-1-イ", 10), ("4-1-イ-1", 17))
    )
    assert "17日" in ledger_of(make_plan(whole, part, actuals=typed)).doubts[0]
    assert ledger_of(make_plan(whole, part)).doubts == ()


def test_the_plan_of_a_day_is_that_of_its_fiscal_year() -> None:
    library = make_library([make_plan()], on=ON)
    assert find_plan(library, date(2024, 3, 31)) is not None
    assert find_plan(library, date(2024, 4, 1)) is None
