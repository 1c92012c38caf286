"""Calendars that one subscribes to: a change keeps its UID and counts up, a cancellation is said."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from icalendar import Calendar

from generator.clock import TOKYO
from generator.content.codes import Topic
from generator.content.library import make_library
from generator.site.calendar_out import event_calendars
from generator.site.view import SiteView
from tests.builders import ON, make_event, make_grant, make_session, make_settings


def calendars(tmp_path: Path, *things: object) -> dict[str, Any]:
    view = SiteView(make_library(things, on=ON), make_settings(tmp_path, site_url="https://example.jp/"))
    return {a.path: Calendar.from_ical(a.content) for a in event_calendars(view)}


def entry(tmp_path: Path, **over: Any) -> Any:
    found = calendars(tmp_path, make_event(topics=(Topic.OVERSEAS,), **over))
    return found["calendar/overseas.ics"].walk("VEVENT")[0]


def test_a_cancelled_event_keeps_its_uid_and_has_a_higher_sequence(tmp_path: Path) -> None:
    before, after = entry(tmp_path), entry(tmp_path, status="cancelled")
    assert (str(after["status"]), str(before["status"])) == ("CANCELLED", "CONFIRMED")
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert str(after["summary"]) == "【中止】海外展開セミナー"


def test_a_later_update_counts_up_again(tmp_path: Path) -> None:
    cancelled = entry(tmp_path, status="cancelled", updated=date(2023, 11, 20))
    resumed = entry(tmp_path, updated=date(2023, 11, 22))
    assert resumed["sequence"] > cancelled["sequence"]


def test_times_are_in_tokyo_with_its_zone_described(tmp_path: Path) -> None:
    found = calendars(tmp_path, make_event())["events/calendar.ics"]
    start = found.walk("VEVENT")[0].decoded("dtstart")
    assert start == datetime(2023, 12, 6, 13, 30, tzinfo=TOKYO)
    assert [str(zone["tzid"]) for zone in found.walk("VTIMEZONE")] == ["Asia/Tokyo"]


def test_every_session_is_an_entry_of_its_own(tmp_path: Path) -> None:
    event = make_event(sessions=(make_session(date(2023, 12, 6)), make_session(date(2023, 12, 13))))
    entries = calendars(tmp_path, event)["events/calendar.ics"].walk("VEVENT")
    assert len({str(e["uid"]) for e in entries}) == 2


def test_deadlines_of_calls_are_whole_days(tmp_path: Path) -> None:
    only = calendars(tmp_path, make_grant())["calendar/calls.ics"].walk("VEVENT")[0]
    assert only.decoded("dtstart") == date(2023, 12, 15)
    assert "必着" in str(only["description"])


def test_the_same_library_gives_the_same_bytes(tmp_path: Path) -> None:
    view = SiteView(make_library([make_event()], on=ON), make_settings(tmp_path))
    assert list(event_calendars(view)) == list(event_calendars(view))
