"""What stands around every page: tabs, footer, feeds and the names of style and script."""

from __future__ import annotations

from collections.abc import Mapping

from generator.content.model import Page as AboutPage
from generator.rendering.filters import phone_abroad
from generator.rendering.phrases import phrased_html
from generator.site.view import SiteView

_TABS = {
    "ja": (
        ("programs/", "支援メニュー"),
        ("grants/", "助成金"),
        ("events/", "催し"),
        ("companies/", "企業をさがす"),
        ("notices/", "お知らせ"),
        ("places/", "相談窓口"),
    ),
    "en": (
        ("en/programs/", "Support"),
        ("en/events/", "Events"),
        ("en/companies/", "Find companies"),
        ("en/about/", "About us"),
    ),
}
_MORE_JA = (
    ("stories/", "支援事例"),
    ("patents/", "開放特許"),
    ("orders/", "受発注情報"),
    ("newsletters/", "メールマガジン"),
    ("reports/", "調査・報告"),
    ("news/", "関係機関の新着"),
    ("about/plan/", "計画と実績"),
    ("opendata/", "オープンデータ"),
)


def chrome(view: SiteView, language: str, assets: Mapping[str, str]) -> dict[str, object]:
    """Return what the theme shows in header and footer; ``assets`` maps style and script to their paths."""
    organization = view.settings.organization
    ja = language == "ja"
    home = view.base if ja else f"{view.base}en/"
    return {
        "language": language,
        "base": view.base,
        "home": home,
        "search": f"{home}search/",
        "other_home": f"{view.base}en/" if ja else view.base,
        "stylesheet": view.base + assets["stylesheet"],
        "script": view.base + assets["script"],
        "ribbon": _ribbon(view, ja=ja),
        "organization": {
            "name": organization.name if ja else organization.name_en,
            "name_html": phrased_html(organization.name) if ja else organization.name_en,
            "address": organization.address if ja else organization.address_en,
            "postal_code": organization.postal_code,
            "telephone": organization.telephone if ja else phone_abroad(organization.telephone),
            "hours": organization.hours if ja else view.settings.organization.hours_en,
        },
        "tabs": [{"address": address, "title": title} for address, title in _TABS[language]],
        "footer": _footer(view, ja=ja),
        "feeds": _feeds(view) if ja else [],
    }


def _ribbon(view: SiteView, *, ja: bool) -> str:
    if not view.settings.sample_ribbon:
        return ""
    return (
        "見本のサイトです。催しや企業は実在しません。"
        if ja
        else "This is a sample site. Events, companies and telephone numbers are fictional."
    )


def _footer(view: SiteView, *, ja: bool) -> list[dict[str, object]]:
    if not ja:
        return [_group("Pages", _TABS["en"])]
    about = sorted(view.library.public(AboutPage), key=lambda page: (page.order, page.slug))
    policies = [("about/", "機構について"), *((page.address, page.title) for page in about)]
    return [_group("支援をつかう", _TABS["ja"]), _group("知る・つながる", _MORE_JA), _group("案内", policies)]


def _group(title: str, links: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> dict[str, object]:
    return {"title": title, "links": [{"address": address, "title": text} for address, text in links]}


def _feeds(view: SiteView) -> list[dict[str, str]]:
    return [
        {"type": "application/rss+xml", "title": "お知らせ（RSS）", "url": view.base + "notices/rss.xml"},
        {"type": "application/atom+xml", "title": "お知らせ（Atom）", "url": view.base + "notices/atom.xml"},
    ]
