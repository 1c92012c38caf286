"""What other bodies published: titles that lead out to their own pages."""

from __future__ import annotations

from collections.abc import Iterator

from generator.site.page import Page
from generator.site.view import SiteView

_NEWEST = 60


def news_pages(view: SiteView) -> Iterator[Page]:
    """Yield the list of accepted entries."""
    yield Page(
        address="news/",
        title="関係機関の新着",
        kind="news",
        template="news.html",
        description="国、県、支援機関が出した、中小企業に役立つ新着情報です。",
        values={"news": view.news[:_NEWEST]},
    )
