"""Events: what is coming, what is over, each month, and a page each."""

from __future__ import annotations

from collections.abc import Iterator

from generator.content.codes import Attendance, EventStatus
from generator.content.model import Event
from generator.content.states import HeldState, event_state
from generator.rendering.filters import date_ja, month_ja
from generator.site.page import Crumb, Page
from generator.site.view import SiteView

CRUMB = Crumb("催し", "events/")
PAST = Crumb("終わった催し", "events/past/")
_SCHEMA_STATUS = {
    EventStatus.SCHEDULED: "https://schema.org/EventScheduled",
    EventStatus.CANCELLED: "https://schema.org/EventCancelled",
    EventStatus.POSTPONED: "https://schema.org/EventPostponed",
}
_SCHEMA_ATTENDANCE = {
    Attendance.VENUE: "https://schema.org/OfflineEventAttendanceMode",
    Attendance.ONLINE: "https://schema.org/OnlineEventAttendanceMode",
    Attendance.HYBRID: "https://schema.org/MixedEventAttendanceMode",
}


def event_pages(view: SiteView) -> Iterator[Page]:
    """Yield the lists, the months and every event."""
    months = _months(view)
    names = [(f"events/month/{key}/", month_ja(events[0].starts)) for key, events in months.items()]
    yield Page(
        address=CRUMB.address,
        title="これからの催し",
        kind="events",
        template="events.html",
        description="セミナー、研修、商談会、相談会など、これから開く催しです。",
        values={"groups": _by_month(view.upcoming), "months": names, "lead": True},
        twin="en/events/",
    )
    yield Page(
        address=PAST.address,
        title=PAST.title,
        kind="events",
        template="events.html",
        description="これまでに開いた催しです。新しい順に並べています。",
        crumbs=(CRUMB,),
        values={"groups": _by_month(view.past), "months": names, "lead": False},
    )
    for number, (key, events) in enumerate(months.items()):
        yield _month_page(key, events, names, number)
    for event in view.events:
        yield _event_page(view, event)


def _months(view: SiteView) -> dict[str, list[Event]]:
    months: dict[str, list[Event]] = {}
    for event in view.events:
        months.setdefault(f"{event.starts:%Y-%m}", []).append(event)
    return months


def _by_month(events: tuple[Event, ...]) -> list[tuple[str, list[Event]]]:
    groups: dict[str, list[Event]] = {}
    for event in events:
        groups.setdefault(month_ja(event.starts), []).append(event)
    return list(groups.items())


def _month_page(key: str, events: list[Event], names: list[tuple[str, str]], number: int) -> Page:
    name = month_ja(events[0].starts)
    return Page(
        address=f"events/month/{key}/",
        title=f"{name}の催し",
        kind="events",
        template="events_month.html",
        description=f"{name}に開く催しの一覧です。",
        crumbs=(CRUMB,),
        values={
            "events": events,
            "before": names[number - 1] if number else None,
            "after": names[number + 1] if number + 1 < len(names) else None,
        },
    )


def _event_page(view: SiteView, event: Event) -> Page:
    program = view.program(event.program)
    desk = view.desk(event.desk, program.desk if program else None)
    return Page(
        address=event.address,
        title=event.title,
        kind="events",
        template="event.html",
        description=event.summary or f"{date_ja(event.starts)}に開きます。",
        crumbs=(CRUMB,),
        updated=event.updated,
        twin=f"en/{event.address}" if event.english else None,
        values={
            "event": event,
            "program": program,
            "desk": desk,
            "why_not": why_not(view, event),
            "organizer": event.organizer or view.settings.organization.name,
        },
        data=(event_data(view, event),),
    )


def why_not(view: SiteView, event: Event) -> str:
    """Say why one cannot apply; empty when one can."""
    if view.takes_registrations(event):
        return ""
    state = event_state(event, view.on)
    if state is HeldState.CANCELLED:
        return "この催しは中止になりました。"
    if state is HeldState.POSTPONED:
        return "この催しは延期になりました。新しい日が決まったら、このページでお知らせします。"
    if state is HeldState.HELD:
        return "この催しは終わりました。"
    if state is HeldState.RUNNING:
        return "この催しは始まっています。空きがあるかは、窓口にお聞きください。"
    closed = event.deadline or event.starts.date()
    return f"申し込みの受け付けは{date_ja(closed)}に終わりました。空きがあるかは、窓口にお聞きください。"


def event_data(view: SiteView, event: Event) -> dict[str, object]:
    """Describe an event for machines."""
    data: dict[str, object] = {
        "@type": "Event",
        "name": event.title,
        "description": event.summary or event.title,
        "url": view.absolute(event.address),
        "startDate": event.starts.isoformat(),
        "endDate": event.ends.isoformat(),
        "eventStatus": _SCHEMA_STATUS[event.status],
        "eventAttendanceMode": _SCHEMA_ATTENDANCE[event.attendance],
        "organizer": {
            "@type": "Organization",
            "name": event.organizer or view.settings.organization.name,
            "url": view.settings.site_url,
        },
        "offers": {
            "@type": "Offer",
            "price": event.fee_yen,
            "priceCurrency": "JPY",
            "url": view.absolute(event.address),
        },
    }
    if event.venue and event.attendance is not Attendance.ONLINE:
        data["location"] = {
            "@type": "Place",
            "name": event.venue.name,
            "address": event.venue.address or event.venue.name,
        }
    else:
        data["location"] = {"@type": "VirtualLocation", "url": view.absolute(event.address)}
    return data
