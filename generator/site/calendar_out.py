"""Events and deadlines as iCalendar: all, by topic, beside each event page; changes keep their UID and count up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from icalendar import Calendar, Timezone
from icalendar import Event as CalendarEvent

from generator.clock import TOKYO
from generator.content.codes import Attendance, EventStatus, Topic
from generator.content.model import Event, Grant
from generator.site.artifact import Artifact
from generator.site.view import SiteView

_STATUS = {
    EventStatus.SCHEDULED: "CONFIRMED",
    EventStatus.CANCELLED: "CANCELLED",
    EventStatus.POSTPONED: "TENTATIVE",
}
_EPOCH = date(2020, 1, 1)


def event_calendars(view: SiteView) -> Iterator[Artifact]:
    """Yield ``events/calendar.ics``, ``calendar/<topic>.ics``, the deadlines of calls, and one file an event to come."""
    yield Artifact("events/calendar.ics", calendar(view, view.events), "file")
    for topic in Topic:
        events = [event for event in view.events if topic in event.topics]
        yield Artifact(f"calendar/{topic.value}.ics", calendar(view, events, topic.ja), "file")
    yield Artifact("calendar/calls.ics", deadlines(view, view.grants), "file")
    for event in view.upcoming:
        yield Artifact(f"{event.address}event.ics", calendar(view, [event]), "file")


def deadlines(view: SiteView, grants: Iterable[Grant]) -> bytes:
    """Write the closing days of calls as whole-day entries."""
    root = _root(view, "公募の締切")
    for grant in grants:
        entry = CalendarEvent()
        entry.add("uid", _uid(view, grant.address, 1))
        entry.add("summary", f"【締切】{grant.title}")
        entry.add("dtstart", grant.closes)
        entry.add("dtend", grant.closes + timedelta(days=1))
        entry.add("dtstamp", _stamp(grant.updated or grant.published or grant.opens))
        entry.add("sequence", _sequence(grant.updated))
        entry.add("url", view.absolute(grant.address))
        at = f"{grant.closes_time:%H:%M} " if grant.closes_time else ""
        entry.add("description", f"{at}{grant.rule.ja}。{grant.summary}".strip())
        entry.add("transp", "TRANSPARENT")
        root.add_component(entry)
    return bytes(root.to_ical())


def _root(view: SiteView, name: str) -> Calendar:
    root = Calendar()
    root.add("prodid", "-//koho//events//JA")
    root.add("version", "2.0")
    root.add("method", "PUBLISH")
    root.add("x-wr-calname", f"{view.settings.organization.name} {name}")
    root.add("x-wr-timezone", "Asia/Tokyo")
    return root


def _uid(view: SiteView, address: str, number: int) -> str:
    return f"{address.replace('/', '-')}{number}@{urlsplit(view.settings.site_url).hostname}"


def _stamp(day: date) -> datetime:
    return datetime.combine(day, time(), TOKYO).astimezone(UTC)


def _sequence(updated: date | None, *, status: EventStatus = EventStatus.SCHEDULED) -> int:
    """Count up with every later ``updated`` day, and once more when an event is called off."""
    days = (updated - _EPOCH).days if updated else 0
    return 2 * days + (status is not EventStatus.SCHEDULED)


def calendar(view: SiteView, events: Iterable[Event], name: str = "催し") -> bytes:
    """Write events as one calendar, an entry a session; the same Library always gives the same bytes."""
    root = _root(view, name)
    for event in events:
        for number, session in enumerate(event.sessions, 1):
            entry = _entry(view, event)
            entry.add("uid", _uid(view, event.address, number))
            entry.add("dtstart", session.starts.astimezone(TOKYO))
            entry.add("dtend", session.ends.astimezone(TOKYO))
            if session.title:
                entry.add("comment", session.title)
            root.add_component(entry)
    if root.subcomponents:
        root.subcomponents.insert(0, _tokyo())
    return bytes(root.to_ical())


@lru_cache(maxsize=1)
def _tokyo() -> Timezone:
    """Describe the one zone of all our times; working it out anew for each calendar costs a second a build."""
    return Timezone.from_tzid(TOKYO.key)


def _entry(view: SiteView, event: Event) -> CalendarEvent:
    entry = CalendarEvent()
    called_off = event.status is not EventStatus.SCHEDULED
    entry.add("summary", f"【{event.status.ja}】{event.title}" if called_off else event.title)
    entry.add("status", _STATUS[event.status])
    changed = event.updated or event.published or event.starts.date()
    entry.add("dtstamp", _stamp(changed))
    entry.add("last-modified", _stamp(changed))
    entry.add("sequence", _sequence(event.updated, status=event.status))
    entry.add("url", view.absolute(event.address))
    if words := "。".join(filter(None, (event.status_note, event.summary))):
        entry.add("description", words)
    if event.attendance is Attendance.ONLINE:
        entry.add("location", "オンライン")
    elif event.venue:
        entry.add("location", " ".join(filter(None, (event.venue.name, event.venue.address))))
    return entry
