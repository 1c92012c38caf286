"""Case studies: what a company did with the support, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from generator.content.company import CompanyProfile
from generator.site.page import Crumb, Page
from generator.site.view import SiteView

CRUMB = Crumb("支援事例", "stories/")


def story_pages(view: SiteView) -> Iterator[Page]:
    """Yield the list and every story."""
    listed = {company.key for company in view.library.all(CompanyProfile)}
    yield Page(
        address=CRUMB.address,
        title=CRUMB.title,
        kind="stories",
        template="stories.html",
        description="支援を使った県内企業の取り組みと成果です。",
        values={"stories": view.stories},
    )
    for story in view.stories:
        yield Page(
            address=story.address,
            title=story.title,
            kind="stories",
            template="story.html",
            description=story.summary or story.result,
            crumbs=(CRUMB,),
            updated=story.updated or story.published,
            values={
                "story": story,
                "programs": [p for slug in story.programs if (p := view.program(slug))],
                "company_address": f"companies/{story.company_key}/" if story.company_key in listed else "",
            },
        )
