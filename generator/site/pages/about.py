"""Free pages about the organisation, and the reports it published."""

from __future__ import annotations

from collections.abc import Iterator

from generator.content.model import Page as AboutPage
from generator.content.model import Report
from generator.site.page import Crumb, Page
from generator.site.pages.home import organization_data
from generator.site.view import SiteView

ABOUT = Crumb("機構について", "about/")
REPORTS = Crumb("調査・報告", "reports/")


def about_pages(view: SiteView) -> Iterator[Page]:
    """Yield the page about the organisation and every free page."""
    pages = sorted(view.library.public(AboutPage), key=lambda page: (page.order, page.slug))
    yield Page(
        address=ABOUT.address,
        title=ABOUT.title,
        kind="about",
        template="about.html",
        description=f"{view.settings.organization.name}の所在地、連絡先、このサイトの方針です。",
        values={"pages": pages, "plan": view.plans[0] if view.plans else None},
        twin="en/about/",
        data=(organization_data(view),),
    )
    for page in pages:
        yield Page(
            address=page.address,
            title=page.title,
            kind="about",
            template="free.html",
            description=page.summary,
            crumbs=(ABOUT,),
            updated=page.updated,
            values={"item": page},
            twin=f"en/{page.address}" if page.english else None,
        )


def report_pages(view: SiteView) -> Iterator[Page]:
    """Yield the list and every report."""
    reports = sorted(view.library.public(Report), key=lambda r: (r.published, r.slug), reverse=True)
    yield Page(
        address=REPORTS.address,
        title=REPORTS.title,
        kind="reports",
        template="reports.html",
        description="県内企業の取引や受注についての調査結果です。",
        values={"reports": reports},
    )
    for report in reports:
        yield Page(
            address=report.address,
            title=report.title,
            kind="reports",
            template="free.html",
            description=report.summary,
            crumbs=(REPORTS,),
            updated=report.updated or report.published,
            values={"item": report},
        )
