"""Notices: the newest on one page, every year on its own, and a page each."""

from __future__ import annotations

from collections.abc import Iterator

from generator.content.model import Event, Grant, Notice, Program
from generator.site.page import Crumb, Page
from generator.site.view import SiteView

CRUMB = Crumb("お知らせ", "notices/")
_NEWEST = 20


def notice_pages(view: SiteView) -> Iterator[Page]:
    """Yield the newest notices, the years and every notice."""
    years: dict[int, list[Notice]] = {}
    for notice in view.notices:
        years.setdefault(notice.published.year, []).append(notice)
    shared = {"years": list(years)}
    yield Page(
        address=CRUMB.address,
        title=CRUMB.title,
        kind="notices",
        template="notices.html",
        description="募集、催し、結果などの新しいお知らせです。",
        values={**shared, "notices": view.notices[:_NEWEST], "year": None},
    )
    for year, notices in years.items():
        yield Page(
            address=f"notices/{year}/",
            title=f"{year}年のお知らせ",
            kind="notices",
            template="notices.html",
            description=f"{year}年に出したお知らせの一覧です。",
            crumbs=(CRUMB,),
            values={**shared, "notices": notices, "year": year},
        )
    for notice in view.notices:
        yield Page(
            address=notice.address,
            title=notice.title,
            kind="notices",
            template="notice.html",
            description=notice.summary,
            crumbs=(CRUMB,),
            updated=notice.updated or notice.published,
            values={"notice": notice, "links": _links(view, notice)},
        )


def _links(view: SiteView, notice: Notice) -> list[Program | Event | Grant]:
    found = (
        view.library.find(Event, notice.event),
        view.library.find(Grant, notice.grant),
        view.library.find(Program, notice.program),
    )
    return [item for item in found if item and item.is_public(view.on)]
