"""The home page: what is closing, what is coming, where to go with a need."""

from __future__ import annotations

from collections.abc import Iterator

from generator.content.codes import EventStatus, PlaceKind
from generator.content.company import CompanyProfile
from generator.content.model import Event, Place
from generator.content.states import days_left
from generator.site.page import Page
from generator.site.pages.programs import need_words
from generator.site.view import SiteView

_AT_MOST = 4
_NOTICES = 6


def home_pages(view: SiteView) -> Iterator[Page]:
    """Yield the Japanese home page."""
    organization = view.settings.organization
    yield Page(
        address="",
        title=organization.name,
        kind="home",
        template="home.html",
        description=view.front.summary or organization.name,
        twin="en/",
        values={
            "front": view.front,
            "closing": [(g, days_left(g.closes, view.on)) for g in view.open_grants[:_AT_MOST]],
            "coming": next_events(view)[:_AT_MOST],
            "needs": need_words(),
            "notices": view.notices[:_NOTICES],
            "last_issue": next((i for i in view.issues if i.language == "ja"), None),
            "companies": len(view.library.all(CompanyProfile)),
            "desks": main_desks(view),
        },
        data=(organization_data(view),),
    )


def next_events(view: SiteView) -> list[Event]:
    """Return the events one may still go to, soonest first."""
    return [e for e in view.upcoming if e.status is EventStatus.SCHEDULED]


def main_desks(view: SiteView) -> list[Place]:
    """Return the desks that one can telephone."""
    return [p for p in view.places if p.kind is PlaceKind.DESK and p.telephone]


def organization_data(view: SiteView) -> dict[str, object]:
    """Describe the publisher for machines."""
    organization = view.settings.organization
    return {
        "@type": "GovernmentOrganization",
        "name": organization.name,
        "alternateName": organization.name_en,
        "url": view.settings.site_url,
        "telephone": organization.telephone,
        "address": {
            "@type": "PostalAddress",
            "addressCountry": "JP",
            "postalCode": organization.postal_code,
            "streetAddress": organization.address,
        },
    }
