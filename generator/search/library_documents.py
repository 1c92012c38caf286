"""What search finds of the Library's own pages: programs, grants, events and all other items, and back issues."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import unescape
from typing import Any

from generator.content.codes import Code
from generator.content.library import Library
from generator.content.model import (
    BackIssue,
    Event,
    Grant,
    Item,
    LicensablePatent,
    Notice,
    OrderInquiry,
    Page,
    Place,
    Program,
    Report,
    Story,
)
from generator.search.document import SearchDocument

Words = Mapping[str, Iterable[str]]
_TAGS = re.compile(r"<(style|script)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_MARKUP = re.compile(
    r"^\s{0,3}(?:#{1,6}|>|[-*+]|\d+\.)\s+|[*`|]+|!?\[([^\]]*)\]\([^)]*\)|\{[^}]*\}", re.MULTILINE
)


def library_documents(library: Library) -> Iterator[SearchDocument]:
    """Yield every public item in Japanese, its English twin where there is one, and every back issue."""
    for kind, more in _KINDS.items():
        for item in library.public(kind):
            yield _document(item, "ja", more(item))
            if item.english is not None:
                yield _document(item, "en", {})
    for issue in library.all(BackIssue):
        yield _back_issue(issue)


def _document(item: Item, language: str, more: Words) -> SearchDocument:
    prefix = "" if language == "ja" else "en/"
    told = item.english if language == "en" and item.english else item
    date = _date(item)
    lines = [told.summary, *_plain(told.body)]
    fields = {"name": told.title, "text": "\n".join(filter(None, lines))}
    fields |= {name: "\n".join(filter(None, texts)) for name, texts in more.items()}
    return SearchDocument(
        key=f"{prefix}{item.address.strip('/')}",
        url=f"{prefix}{item.address}",
        kind=item.folder,
        language=language,
        title=told.title,
        brief=" ".join(filter(None, (date, told.summary))),
        fields={name: text for name, text in fields.items() if text},
        facets={
            "topic": tuple(f"{topic.value}\t{_label(topic, language)}" for topic in item.topics),
            **({"year": (date[:4],)} if date else {}),
        },
        sort_key=date,
        confirmed=item.updated.isoformat() if item.updated else date,
    )


def _back_issue(issue: BackIssue) -> SearchDocument:
    text = unescape(_TAGS.sub("\n", issue.body_html))
    day = issue.issue_date.isoformat()
    number = f"No. {issue.number}" if issue.language == "en" else f"第{issue.number}号"
    return SearchDocument(
        key=issue.address.strip("/"),
        url=issue.address,
        kind="newsletters",
        language=issue.language,
        title=issue.subject,
        brief=f"{day} {issue.newsletter_title} {number}",
        fields={
            "name": issue.subject,
            "text": "\n".join(filter(None, (line.strip() for line in (issue.summary, *text.split("\n"))))),
        },
        facets={"year": (day[:4],)},
        sort_key=day,
        confirmed=day,
    )


def _label(code: Code, language: str) -> str:
    return code.en if language == "en" else code.ja


def _plain(markdown: str) -> list[str]:
    """Return the words of Markdown line by line; marks go, what they mark stays."""
    text = _MARKUP.sub(lambda found: found.group(1) or " ", _TAGS.sub(" ", markdown))
    return [line.strip() for line in text.split("\n") if line.strip(" -:")]


def _date(item: Item) -> str:
    if isinstance(item, Event):
        return item.starts.date().isoformat()
    if isinstance(item, Grant):
        return item.closes.isoformat()
    if isinstance(item, OrderInquiry):
        return item.opens.isoformat()
    return item.published.isoformat() if item.published else ""


def _program(item: Program) -> Words:
    return {"text": [item.summary, item.audience, item.offer, item.period, item.how, *_plain(item.body)]}


def _grant(item: Grant) -> Words:
    facts = [item.summary, item.eligibility, item.expenses, item.how, *item.documents]
    return {"text": [*facts, *_plain(item.body)]}


def _event(item: Event) -> Words:
    venue = item.venue
    facts = [item.summary, item.kind.ja, item.attendance.ja, item.organizer, *item.partners, item.audience]
    sessions = [session.title for session in item.sessions]
    return {
        "kana": [item.kana],
        "text": [*facts, *sessions, *_plain(item.body)],
        "address": [venue.name, venue.address] if venue else [],
    }


def _notice(item: Notice) -> Words:
    return {"text": [item.summary, item.category.ja, *_plain(item.body)]}


def _story(item: Story) -> Words:
    return {"text": [item.summary, item.company, item.industry, item.result, *_plain(item.body)]}


def _patent(item: LicensablePatent) -> Words:
    facts = [
        item.summary,
        item.number,
        item.application_number,
        item.holder,
        item.field,
        item.uses,
        *item.ipc,
    ]
    if not item.is_laid_open:  # an application not yet laid open shows its register entry only
        return {"text": [item.number, item.application_number, item.holder, item.field]}
    return {"text": [*facts, *_plain(item.body)]}


def _order(item: OrderInquiry) -> Words:
    return {
        "processes": item.processes,
        "materials": item.materials,
        "text": [
            item.summary,
            item.direction.ja,
            item.quantity,
            item.size,
            item.delivery,
            *_plain(item.body),
        ],
        "address": [item.region],
    }


def _place(item: Place) -> Words:
    return {
        "kana": [item.kana],
        "text": [item.summary, item.kind.ja, item.host, *item.services, item.access, *_plain(item.body)],
        "address": [item.location],
    }


def _only_text(_: Item) -> Words:
    return {}


_KINDS: Mapping[type[Item], Callable[[Any], Words]] = {
    Program: _program,
    Grant: _grant,
    Event: _event,
    Notice: _notice,
    Story: _story,
    OrderInquiry: _order,
    LicensablePatent: _patent,
    Place: _place,
    Report: _only_text,
    Page: _only_text,
}
