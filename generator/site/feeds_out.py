"""Feeds for readers and machines: notices, events, calls, companies and newsletters as RSS, Atom and JSON Feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

import orjson

from generator.clock import TOKYO
from generator.content.codes import EventStatus
from generator.content.company import CompanyProfile
from generator.content.model import BackIssue, Event, Grant, Notice, letter_address
from generator.content.states import event_state
from generator.rendering.filters import date_ja
from generator.site.artifact import Artifact
from generator.site.view import SiteView

_ATOM = "http://www.w3.org/2005/Atom"
_NEWEST = 30
register_namespace("atom", _ATOM)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry; ``address`` is site-relative and identifies it for ever."""

    title: str
    address: str
    published: date
    updated: date
    summary: str = ""
    category: tuple[str, str] | None = None  # code and Japanese name


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed in all its forms, below the address of the list it follows."""

    address: str  # notices/
    title: str
    entries: tuple[FeedEntry, ...]


def feed_files(view: SiteView) -> Iterator[Artifact]:
    """Yield every feed in three forms; nothing in them depends on the time of the build."""
    for feed in site_feeds(view):
        yield Artifact(f"{feed.address}rss.xml", _rss(view, feed), "file")
        yield Artifact(f"{feed.address}atom.xml", _atom(view, feed), "file")
        yield Artifact(f"{feed.address}feed.json", _json(view, feed), "file")


def site_feeds(view: SiteView) -> Iterator[Feed]:
    """Yield the feeds that this Library gives, newest entries first."""
    yield _feed("notices/", "お知らせ", [_notice(notice) for notice in view.notices])
    yield _feed("events/", "催し", [_event(event, view.on) for event in view.events])
    yield _feed("grants/", "助成金・補助金の公募", [_call(g) for g in view.grants if g.opens <= view.on])
    if companies := view.library.all(CompanyProfile):
        yield _feed("companies/", "企業データベースの新しい掲載", [_company(c, view.on) for c in companies])
    letters = ((i.newsletter, i.language, i.newsletter_title) for i in view.issues)
    for slug, language, title in dict.fromkeys(letters):
        issues = [_issue(issue) for issue in view.issues if issue.newsletter == slug]
        yield _feed(letter_address(slug, language), title, issues)


def _feed(address: str, title: str, entries: Sequence[FeedEntry]) -> Feed:
    newest = sorted(entries, key=lambda e: (e.updated, e.published, e.address), reverse=True)
    return Feed(address, title, tuple(newest[:_NEWEST]))


def _notice(notice: Notice) -> FeedEntry:
    updated = max(notice.published, notice.updated or notice.published)
    category = (notice.category.value, notice.category.ja)
    return FeedEntry(notice.title, notice.address, notice.published, updated, notice.summary, category)


def _event(event: Event, on: date) -> FeedEntry:
    """Tell of a cancelled or postponed event in its title: readers of feeds see little else."""
    told = event.status is EventStatus.SCHEDULED
    title = event.title if told else f"【{event_state(event, on)}】{event.title}"
    published = event.published or min(event.starts.date(), on)
    summary = "。".join(filter(None, (date_ja(event.starts), event.status_note, event.summary)))
    category = (event.kind.value, event.kind.ja)
    return FeedEntry(
        title, event.address, published, max(published, event.updated or published), summary, category
    )


def _call(grant: Grant) -> FeedEntry:
    published = grant.published or grant.opens
    summary = "。".join(filter(None, (f"締切 {date_ja(grant.closes)}", grant.summary)))
    return FeedEntry(
        grant.title, grant.address, published, max(published, grant.updated or published), summary
    )


def _company(company: CompanyProfile, on: date) -> FeedEntry:
    registered = company.registered or on
    updated = max(registered, company.confirmed or registered)
    return FeedEntry(company.name, f"companies/{company.key}/", registered, updated, company.headline)


def _issue(issue: BackIssue) -> FeedEntry:
    return FeedEntry(issue.subject, issue.address, issue.issue_date, issue.issue_date, issue.summary)


def _rss(view: SiteView, feed: Feed) -> bytes:
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    _text(channel, "title", _title(view, feed))
    _text(channel, "link", view.absolute(feed.address))
    _text(channel, "description", f"{view.settings.organization.name}の「{feed.title}」です。")
    _text(channel, "language", "ja")
    href = view.absolute(f"{feed.address}rss.xml")
    SubElement(channel, f"{{{_ATOM}}}link", rel="self", type="application/rss+xml", href=href)
    for entry in feed.entries:
        item = SubElement(channel, "item")
        _text(item, "title", entry.title)
        _text(item, "link", view.absolute(entry.address))
        SubElement(item, "guid", isPermaLink="true").text = view.absolute(entry.address)
        _text(item, "pubDate", format_datetime(_moment(entry.published)))
        if entry.summary:
            _text(item, "description", entry.summary)
        if entry.category:
            _text(item, "category", entry.category[1])
    return _document(root)


def _atom(view: SiteView, feed: Feed) -> bytes:
    root = Element("feed", xmlns=_ATOM)
    _text(root, "title", _title(view, feed))
    _text(root, "id", view.absolute(feed.address))
    _text(root, "updated", _iso(max((entry.updated for entry in feed.entries), default=view.on)))
    SubElement(root, "link", href=view.absolute(feed.address))
    SubElement(root, "link", rel="self", href=view.absolute(f"{feed.address}atom.xml"))
    author = SubElement(root, "author")
    _text(author, "name", view.settings.organization.name)
    for each in feed.entries:
        entry = SubElement(root, "entry")
        _text(entry, "title", each.title)
        _text(entry, "id", view.absolute(each.address))
        SubElement(entry, "link", href=view.absolute(each.address))
        _text(entry, "published", _iso(each.published))
        _text(entry, "updated", _iso(each.updated))
        if each.category:
            SubElement(entry, "category", term=each.category[0], label=each.category[1])
        if each.summary:
            _text(entry, "summary", each.summary)
    return _document(root)


def _json(view: SiteView, feed: Feed) -> bytes:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(view, feed),
        "home_page_url": view.absolute(feed.address),
        "feed_url": view.absolute(f"{feed.address}feed.json"),
        "language": "ja",
        "authors": [{"name": view.settings.organization.name, "url": view.settings.site_url}],
        "items": [_json_item(view, entry) for entry in feed.entries],
    }
    return orjson.dumps(document)


def _json_item(view: SiteView, entry: FeedEntry) -> dict[str, object]:
    item: dict[str, object] = {
        "id": view.absolute(entry.address),
        "url": view.absolute(entry.address),
        "title": entry.title,
        "content_text": entry.summary or entry.title,
        "date_published": _iso(entry.published),
        "date_modified": _iso(entry.updated),
    }
    if entry.category:
        item["tags"] = [entry.category[1]]
    return item


def _title(view: SiteView, feed: Feed) -> str:
    return f"{view.settings.organization.name} {feed.title}"


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = "".join(c for c in text if c.isprintable() or c in "\t\n")


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(9), TOKYO)


def _iso(day: date) -> str:
    return _moment(day).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _document(root: Element) -> bytes:
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))
