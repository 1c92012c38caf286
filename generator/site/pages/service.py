"""Pages that serve the site itself: search, and what stands where a page is missing or the web server refuses."""

from __future__ import annotations

from collections.abc import Iterator

from generator.site.page import Page
from generator.site.view import SiteView

_REFUSALS = {
    "413": (
        "送られたものが大きすぎます",
        "写真は1枚5MB、全部で40MBまでです。前のページに戻り、小さくしてからもう一度お送りください。",
        "What you sent is too large: photos may have 5 MB each, 40 MB in all. Please go back and send smaller ones.",
    ),
    "429": (
        "短い間に何度も送られました",
        "1分ほど待って、前のページからもう一度お送りください。書いたものは残っています。",
        "Too many requests in a short time. Please wait a minute, go back and send it again.",
    ),
    "503": (
        "いま受け付けられません",
        "手入れの間かもしれません。しばらくしてからもう一度お試しください。お急ぎの方は電話でご相談ください。",
        "This service is not available at the moment. Please try again later, or call us.",
    ),
}
"""What a web server says in our name, by its status: title, words, and the same in English."""


def service_pages(view: SiteView) -> Iterator[Page]:
    """Yield the search page, the page for missing pages, and those for what a web server refuses by itself."""
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
    for status, (title, words, english) in _REFUSALS.items():
        yield Page(
            address=f"{status}/",
            title=title,
            kind="missing",
            template="refused.html",
            values={"words": words, "english": english, "telephone": view.settings.organization.telephone},
            listed=False,
        )
