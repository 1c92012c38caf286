"""Where a program or a call has been told, and what was forgotten."""

from __future__ import annotations

from datetime import date

from generator.content.codes import Topic
from generator.content.library import make_library
from generator.plan.told import find_tellings
from tests.builders import ON, make_back_issue, make_event, make_grant, make_notice, make_program


def test_pages_issues_and_events_of_a_program_are_found() -> None:
    library = make_library(
        [
            make_program("yorozu"),
            make_event(program="yorozu"),
            make_notice(program="yorozu"),
            make_back_issue(items=("programs/yorozu",)),
            make_back_issue(2, issue_date=date(2023, 12, 6), items=("programs/yorozu",)),
        ],
        on=ON,
    )
    telling = find_tellings(library, ON).tellings[0]
    assert (len(telling.pages), len(telling.issues), len(telling.events)) == (1, 1, 1)


def test_a_call_that_no_issue_carried_before_its_deadline_is_named() -> None:
    told = make_grant("told", closes=date(2023, 11, 30))
    late = make_grant("late", closes=date(2023, 11, 10))
    library = make_library([told, late, make_back_issue(items=("grants/told", "grants/late"))], on=ON)
    assert [grant.slug for grant in find_tellings(library, ON).unmailed_calls] == ["late"]


def test_a_topic_without_news_for_ninety_days_is_dead() -> None:
    library = make_library(
        [
            make_notice("old", topics=(Topic.STARTUP,), published=date(2023, 5, 1)),
            make_notice("new", topics=(Topic.OVERSEAS,)),
        ],
        on=ON,
    )
    dead = dict(find_tellings(library, ON).dead_topics)
    assert dead[Topic.STARTUP] == date(2023, 5, 1)
    assert dead[Topic.IP] is None
    assert Topic.OVERSEAS not in dead


def test_an_issue_tells_of_a_program_by_its_events_and_of_a_call_by_its_notice() -> None:
    things = [
        make_program("yorozu"),
        make_event("clinic", program="yorozu"),
        make_grant("told", program="other", call_number=2),
        make_notice("opened", grant="told"),
        make_back_issue(items=("events/clinic", "notices/opened")),
    ]
    found = find_tellings(make_library(things, on=ON), ON)
    assert [len(telling.issues) for telling in found.tellings] == [1, 1]
    assert found.tellings[1].name.endswith("（2023年度 第2回）")
    assert found.unmailed_calls == ()
