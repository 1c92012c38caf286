"""Notices as RSS 2.0 and Atom, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from generator.clock import TOKYO
from generator.content.model import Notice
from generator.site.artifact import Artifact
from generator.site.view import SiteView

_ATOM = "http://www.w3.org/2005/Atom"
_NEWEST = 30
register_namespace("atom", _ATOM)


def notice_feeds(view: SiteView) -> Iterator[Artifact]:
    """Yield ``notices/rss.xml`` and ``notices/atom.xml``; nothing in them depends on the time of the build."""
    notices = view.notices[:_NEWEST]
    yield Artifact("notices/rss.xml", _rss(view, notices), "file")
    yield Artifact("notices/atom.xml", _atom(view, notices), "file")


def _rss(view: SiteView, notices: tuple[Notice, ...]) -> bytes:
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    _text(channel, "title", f"{view.settings.organization.name} お知らせ")
    _text(channel, "link", view.absolute("notices/"))
    _text(channel, "description", f"{view.settings.organization.name}からのお知らせ")
    _text(channel, "language", "ja")
    SubElement(
        channel,
        f"{{{_ATOM}}}link",
        rel="self",
        type="application/rss+xml",
        href=view.absolute("notices/rss.xml"),
    )
    for notice in notices:
        item = SubElement(channel, "item")
        _text(item, "title", notice.title)
        _text(item, "link", view.absolute(notice.address))
        SubElement(item, "guid", isPermaLink="true").text = view.absolute(notice.address)
        _text(item, "pubDate", format_datetime(_moment(notice.published)))
        if notice.summary:
            _text(item, "description", notice.summary)
        _text(item, "category", notice.category.ja)
    return _document(root)


def _atom(view: SiteView, notices: tuple[Notice, ...]) -> bytes:
    root = Element("feed", xmlns=_ATOM)
    _text(root, "title", f"{view.settings.organization.name} お知らせ")
    _text(root, "id", view.absolute("notices/"))
    newest = max((_changed(notice) for notice in notices), default=view.on)
    _text(root, "updated", _iso(newest))
    SubElement(root, "link", href=view.absolute("notices/"))
    SubElement(root, "link", rel="self", href=view.absolute("notices/atom.xml"))
    author = SubElement(root, "author")
    _text(author, "name", view.settings.organization.name)
    for notice in notices:
        entry = SubElement(root, "entry")
        _text(entry, "title", notice.title)
        _text(entry, "id", view.absolute(notice.address))
        SubElement(entry, "link", href=view.absolute(notice.address))
        _text(entry, "published", _iso(notice.published))
        _text(entry, "updated", _iso(_changed(notice)))
        SubElement(entry, "category", term=notice.category.value, label=notice.category.ja)
        if notice.summary:
            _text(entry, "summary", notice.summary)
    return _document(root)


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _changed(notice: Notice) -> date:
    return max(notice.published, notice.updated or notice.published)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(9), TOKYO)


def _iso(day: date) -> str:
    return _moment(day).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _document(root: Element) -> bytes:
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))
