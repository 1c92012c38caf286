"""Pages that serve the site itself: search, and what stands where a page is missing."""

from __future__ import annotations

from collections.abc import Iterator

from generator.site.page import Page
from generator.site.view import SiteView


def service_pages(view: SiteView) -> Iterator[Page]:
    """Yield the search page and the page for missing pages."""
    del view
    yield Page(
        address="search/",
        title="検索",
        kind="search",
        template="search.html",
        description="支援メニュー、催し、お知らせ、県内企業をまとめて探せます。",
        twin="en/search/",
    )
    yield Page(
        address="404/",
        title="ページが見つかりません",
        kind="missing",
        template="missing.html",
        listed=False,
    )
