"""Events as iCalendar: one file of all, one beside each event page, in Japan's time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from urllib.parse import urlsplit

from icalendar import Calendar
from icalendar import Event as CalendarEvent

from generator.clock import TOKYO
from generator.content.codes import Attendance, EventStatus
from generator.content.model import Event
from generator.site.artifact import Artifact
from generator.site.view import SiteView

_STATUS = {
    EventStatus.SCHEDULED: "CONFIRMED",
    EventStatus.CANCELLED: "CANCELLED",
    EventStatus.POSTPONED: "TENTATIVE",
}


def event_calendars(view: SiteView) -> Iterator[Artifact]:
    """Yield ``events/calendar.ics`` and ``event.ics`` of every event still to come."""
    yield Artifact("events/calendar.ics", calendar(view, view.events), "file")
    for event in view.upcoming:
        yield Artifact(f"{event.address}event.ics", calendar(view, [event]), "file")


def calendar(view: SiteView, events: Iterable[Event]) -> bytes:
    """Write events as one calendar; the same Library always gives the same bytes."""
    root = Calendar()
    root.add("prodid", "-//koho//events//JA")
    root.add("version", "2.0")
    root.add("x-wr-calname", f"{view.settings.organization.name} 催し")
    root.add("x-wr-timezone", "Asia/Tokyo")
    for event in events:
        for number, session in enumerate(event.sessions, 1):
            entry = _entry(view, event)
            entry.add(
                "uid",
                f"{event.address.replace('/', '-')}{number}@{urlsplit(view.settings.site_url).hostname}",
            )
            entry.add("dtstart", session.starts.astimezone(TOKYO))
            entry.add("dtend", session.ends.astimezone(TOKYO))
            if session.title:
                entry.add("comment", session.title)
            root.add_component(entry)
    root.add_missing_timezones()
    return bytes(root.to_ical())


def _entry(view: SiteView, event: Event) -> CalendarEvent:
    entry = CalendarEvent()
    entry.add("summary", event.title)
    entry.add("status", _STATUS[event.status])
    changed = event.updated or event.published or event.starts.date()
    entry.add("dtstamp", datetime.combine(changed, time(), TOKYO).astimezone(UTC))
    entry.add("sequence", 0 if event.status is EventStatus.SCHEDULED and event.updated is None else 1)
    entry.add("url", view.absolute(event.address))
    if event.summary:
        entry.add("description", event.summary)
    if event.attendance is Attendance.ONLINE:
        entry.add("location", "オンライン")
    elif event.venue:
        entry.add("location", " ".join(filter(None, (event.venue.name, event.venue.address))))
    return entry
