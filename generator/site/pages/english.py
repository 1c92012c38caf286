"""The English site: fewer rooms, for buyers and partners abroad."""

from __future__ import annotations

from collections.abc import Iterator

from generator.content.attachments import noted
from generator.content.codes import EventStatus
from generator.content.company import CompanyProfile
from generator.content.model import Event, Grant, Item, Place, Program, Translation
from generator.content.model import Page as AboutPage
from generator.content.states import HeldState, event_state
from generator.rendering.markdown import to_html
from generator.rendering.templates import safe_html
from generator.site.page import Crumb, Page
from generator.site.pages.events import event_data
from generator.site.pages.home import organization_data
from generator.site.view import SiteView

PROGRAMS = Crumb("Support", "en/programs/")
EVENTS = Crumb("Events", "en/events/")
ABOUT = Crumb("About us", "en/about/")
HOME = Crumb("Home", "en/")

_EVENT_STATES = {
    HeldState.UPCOMING: ("Scheduled", ""),
    HeldState.RUNNING: ("Under way", "This event has begun. Please ask us whether a place is free."),
    HeldState.HELD: ("Finished", "This event is over."),
    HeldState.CANCELLED: ("Cancelled", "This event has been cancelled."),
    HeldState.POSTPONED: (
        "Postponed",
        "This event has been postponed. The new date will be announced on this page.",
    ),
}
"""What a state is called, and why one cannot apply then; empty when one may."""

EnglishItem = Program | Grant | Event | Place | AboutPage


def english_pages(view: SiteView) -> Iterator[Page]:
    """Yield home, about, search, the lists and every item that has an English text."""
    yield from _front_pages(view)
    yield from _list_pages(view)
    items: list[EnglishItem] = [*_programs(view), *_grants(view), *_events(view)]
    items += [*_places(view), *_about(view)]
    for before, program in view.carried_on:
        if before.english and program.english:
            yield _moved_page(before, program, program.english)
    for item in items:
        yield _item_page(view, item)


def _programs(view: SiteView) -> list[Program]:
    return [p for p in view.programs if p.english]


def _events(view: SiteView) -> list[Event]:
    return [e for e in view.events if e.english]


def _grants(view: SiteView) -> list[Grant]:
    return [g for g in view.library.public(Grant) if g.english]


def _about(view: SiteView) -> list[AboutPage]:
    pages = [page for page in view.library.public(AboutPage) if page.english]
    return sorted(pages, key=lambda page: (page.order, page.slug))


def _places(view: SiteView) -> list[Place]:
    return [p for p in view.places if p.english]


def _front_pages(view: SiteView) -> Iterator[Page]:
    name = view.settings.organization.name_en
    front = view.front.english or Translation(title=name, checked=True)
    yield Page(
        address="en/",
        title=name,
        kind="home",
        template="en/home.html",
        language="en",
        description=front.summary or name,
        twin="",
        values={
            "front": front,
            "companies": len(view.library.all(CompanyProfile)),
            "programs": _programs(view),
            "events": [e for e in view.upcoming if e.english][:4],
            "desks": _places(view),
            "last_issue": next((i for i in view.issues if i.language == "en"), None),
        },
        data=(organization_data(view),),
    )
    yield Page(
        address="en/about/",
        title="About us",
        kind="about",
        template="en/about.html",
        language="en",
        description=f"Who {name} is, where to find us and how to reach us.",
        crumbs=(HOME,),
        twin="about/",
        values={"desks": _places(view), "pages": _about(view)},
    )
    yield Page(
        address="en/search/",
        title="Search",
        kind="search",
        template="search.html",
        language="en",
        description="Search companies of Ibaraki and our support.",
        crumbs=(HOME,),
        twin="search/",
    )


def _list_pages(view: SiteView) -> Iterator[Page]:
    yield Page(
        address=PROGRAMS.address,
        title="Support for business abroad",
        kind="programs",
        template="en/items.html",
        language="en",
        description="What we offer to companies of Ibaraki and to their partners abroad.",
        crumbs=(HOME,),
        twin="programs/",
        values={"groups": [("", _programs(view))], "empty": "There is no program in English at present."},
    )
    yield Page(
        address=EVENTS.address,
        title="Events",
        kind="events",
        template="en/items.html",
        language="en",
        description="Trade fairs, matching events and seminars.",
        crumbs=(HOME,),
        twin="events/",
        values={
            "groups": [
                ("Coming events", [e for e in view.upcoming if e.english]),
                ("Past events", [e for e in view.past if e.english]),
            ],
            "empty": "There is no event in English at present.",
        },
    )


def _item_page(view: SiteView, item: EnglishItem) -> Page:
    english = _translation(item)
    parents: dict[type[Item], tuple[Crumb, ...]] = {
        Program: (HOME, PROGRAMS),
        Grant: (HOME, PROGRAMS),
        Event: (HOME, EVENTS),
        Place: (HOME,),
        AboutPage: (HOME, ABOUT),
    }
    return Page(
        address=f"en/{item.address}",
        title=_title(item, english),
        kind=item.folder,
        template="en/event.html" if isinstance(item, Event) else "en/item.html",
        language="en",
        description=english.summary,
        crumbs=parents[type(item)],
        updated=item.updated,
        twin=item.address,
        values={
            "item": item,
            "english": english,
            "body": safe_html(
                noted(
                    to_html(english.body, base=view.base, language="en"),
                    view.base,
                    view.settings.content,
                    language="en",
                )
            ),
            "desk": _desk(view, item),
            **(_event_values(view, item) if isinstance(item, Event) else {}),
        },
        data=(_event_data(view, item, english),) if isinstance(item, Event) else (),
    )


def _desk(view: SiteView, item: EnglishItem) -> Place | None:
    if isinstance(item, Event | Grant):
        program = view.program(item.program)
        return view.desk(item.desk, program.desk if program else None)
    return view.place(item.desk) if isinstance(item, Program) else None


def _event_values(view: SiteView, event: Event) -> dict[str, object]:
    state, why_not = _EVENT_STATES[event_state(event, view.on)]
    if not why_not and not view.takes_registrations(event):
        why_not = "Applications are closed. Please ask us whether a place is free."
    coming = event in view.upcoming and event.status is EventStatus.SCHEDULED
    return {"state": state, "why_not": why_not, "coming": coming}


def _event_data(view: SiteView, event: Event, english: Translation) -> dict[str, object]:
    """Describe an event for machines in English; a venue keeps its Japanese address."""
    data = event_data(view, event) | {"name": english.title, "description": english.summary or english.title}
    location = data["location"]
    if english.venue and isinstance(location, dict) and location["@type"] == "Place":
        data["location"] = location | {"name": english.venue}
    return data


def _moved_page(before: Program, program: Program, english: Translation) -> Page:
    return Page(
        address=f"en/{before.address}",
        title=english.title,
        kind="programs",
        template="en/moved.html",
        language="en",
        description=f"Now: {english.title}.",
        crumbs=(HOME, PROGRAMS),
        twin=before.address,
        values={"program": program},
        listed=False,
    )


def _title(item: EnglishItem, english: Translation) -> str:
    """A call says which one it is: its program has the same name."""
    if isinstance(item, Grant):
        return f"{english.title} (FY{item.year}, call {item.call_number})"
    return english.title


def _translation(item: Item) -> Translation:
    if item.english is None:
        raise ValueError(f"{item.path}: no English text")
    return item.english
