"""An item of the Library as an issue shows it: name, the facts that matter, where it leads."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from generator.content.codes import Attendance, EventStatus, OrderDirection, Topic
from generator.content.company import CompanyProfile
from generator.content.library import Library
from generator.content.model import (
    Event,
    Grant,
    Item,
    LicensablePatent,
    NewsEntry,
    Notice,
    OrderInquiry,
    Program,
    Report,
    Story,
)

Thing = Item | NewsEntry | CompanyProfile
ITEM_KINDS: tuple[type[Item], ...] = (
    Program,
    Grant,
    Event,
    Notice,
    Story,
    LicensablePatent,
    OrderInquiry,
    Report,
)
ENGLISH_PAGES = (Program, Grant, Event)
"""What has a page of its own on the English site; the rest is linked in Japanese."""
WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


@dataclass(frozen=True)
class Entry:
    """One item, ready to be set in type; all text is plain."""

    reference: str
    title: str
    label: str
    address: str  # site-relative, or absolute for outside news
    summary: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    topics: tuple[Topic, ...] = ()
    deadline: date | None = None
    closes: date | None = None  # only what was announced as a deadline; an event's end is none
    state: str = ""  # 中止・延期
    print: str = ""  # changes when the item's words change


def reference_of(thing: Thing) -> str:
    """Return how a draft names a thing: ``grants/x``, ``news/<id>``, ``companies/<key>``."""
    if isinstance(thing, CompanyProfile):
        return f"companies/{thing.key}"
    return f"news/{thing.id}" if isinstance(thing, NewsEntry) else f"{thing.folder}/{thing.slug}"


def catalogue(library: Library) -> Mapping[str, Thing]:
    """Return everything that an issue may pick, by reference; only what is public on the Library's day."""
    things: dict[str, Thing] = {}
    for kind in ITEM_KINDS:
        things.update((reference_of(item), item) for item in library.public(kind))
    things.update((reference_of(entry), entry) for entry in library.all(NewsEntry))
    things.update((reference_of(company), company) for company in library.all(CompanyProfile))
    return MappingProxyType(things)


def deadline_of(thing: Thing) -> date | None:
    """Return the last day on which a reader can still act, where there is one."""
    return closing_day(thing) or (thing.ends.date() if isinstance(thing, Event) else None)


def closing_day(thing: Thing) -> date | None:
    """Return the deadline that was announced, where there is one."""
    if isinstance(thing, Grant | OrderInquiry):
        return thing.closes
    return thing.deadline if isinstance(thing, Event) else None


def entry_of(thing: Thing, *, language: str = "ja") -> Entry:
    """Set one thing in words."""
    ja = language == "ja"
    return Entry(
        reference=reference_of(thing),
        title=_title(thing, language),
        label=_label(thing, ja=ja),
        address=_address(thing, language),
        summary=_summary(thing, language),
        facts=_FACTS[type(thing)](thing, ja) if type(thing) in _FACTS else (),
        topics=() if isinstance(thing, CompanyProfile) else thing.topics,
        deadline=deadline_of(thing),
        closes=closing_day(thing),
        state=_state(thing, ja=ja),
        print=print_of(thing),
    )


def print_of(thing: Thing) -> str:
    """Return a short print of what a reader acts on: name, facts, state and deadline; a mended comma is no change."""
    facts = _FACTS[type(thing)](thing, True) if type(thing) in _FACTS else ()
    parts = (_title(thing, "ja"), *map("=".join, facts), _state(thing, ja=True), str(deadline_of(thing)))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def day_words(day: date, language: str = "ja") -> str:
    """Write a date as people read it: 12月6日（水） or Wed 6 Dec 2023."""
    name = WEEKDAYS[language][day.weekday()]
    return f"{day.month}月{day.day}日（{name}）" if language == "ja" else f"{name} {day:%-d %b %Y}"


def yen_words(yen: int, language: str = "ja") -> str:
    """Write an amount: 250万円, 無料, JPY 2,500,000."""
    if language != "ja":
        return f"JPY {yen:,}" if yen else "free"
    if not yen:
        return "無料"
    return f"{yen // 10_000:,}万円" if yen % 10_000 == 0 else f"{yen:,}円"


def _title(thing: Thing, language: str) -> str:
    if isinstance(thing, CompanyProfile):
        return thing.name if language == "ja" else thing.name_en or thing.name
    if language != "ja" and isinstance(thing, Item) and thing.english:
        return thing.english.title
    if isinstance(thing, Grant) and language == "ja":
        return f"{thing.title} 第{thing.call_number}回公募"
    return thing.title


def _summary(thing: Thing, language: str) -> str:
    if isinstance(thing, CompanyProfile):
        return (thing.headline if language == "ja" else thing.headline_en) or thing.business
    if language != "ja" and isinstance(thing, Item) and thing.english:
        return thing.english.summary
    return thing.summary


def _label(thing: Thing, *, ja: bool) -> str:
    if isinstance(thing, CompanyProfile):
        return "企業紹介" if ja else "Company"
    if isinstance(thing, NewsEntry):
        return f"{thing.region.ja}・{thing.feed_title}" if ja else f"{thing.region.en}: {thing.feed_title}"
    return thing.label if ja else thing.label_en


def _address(thing: Thing, language: str) -> str:
    if isinstance(thing, CompanyProfile):
        return f"companies/{thing.key}/" if language == "ja" else f"en/companies/{thing.key}/"
    if isinstance(thing, NewsEntry):
        return thing.url
    has_english_page = isinstance(thing, ENGLISH_PAGES) and thing.english
    return f"en/{thing.address}" if language != "ja" and has_english_page else thing.address


def _state(thing: Thing, *, ja: bool) -> str:
    if isinstance(thing, Event) and thing.status is not EventStatus.SCHEDULED:
        return thing.status.ja if ja else thing.status.en
    return ""


Facts = tuple[tuple[str, str], ...]


def _grant_facts(grant: Grant, ja: bool) -> Facts:  # noqa: FBT001  # one of a table of functions
    until = (
        f"（{grant.closes_time:%-H時%M分}{grant.rule.ja}）" if grant.closes_time else f"（{grant.rule.ja}）"
    )
    if not ja:
        return (
            ("Apply", f"{day_words(grant.opens, 'en')} to {day_words(grant.closes, 'en')}"),
            ("Up to", yen_words(grant.ceiling_yen, "en")),
        )
    rate = (("助成率", f"{grant.rate.numerator}/{grant.rate.denominator}以内"),) if grant.rate else ()
    return (
        ("募集期間", f"{day_words(grant.opens)}から{day_words(grant.closes)}{until}"),
        ("上限額", yen_words(grant.ceiling_yen)),
        *rate,
        ("助成期間", grant.support_period),
    )


def _event_facts(event: Event, ja: bool) -> Facts:  # noqa: FBT001
    language = "ja" if ja else "en"
    first = min(event.sessions, key=lambda s: s.starts)
    when = f"{day_words(first.starts.date(), language)} {_clock(first.starts)}{'〜' if ja else '-'}{_clock(first.ends)}"
    more = (f"（全{len(event.sessions)}回）" if ja else f" ({len(event.sessions)} sessions)") * (
        len(event.sessions) > 1
    )
    venue = event.venue.name if event.venue else ""
    place = venue if event.attendance is Attendance.VENUE else _online(event, venue, language)
    note = (("お知らせ" if ja else "Note", event.status_note),) if event.status_note else ()
    facts = [
        *note,
        ("日時" if ja else "When", when + more),
        ("会場" if ja else "Where", place),
        ("参加費" if ja else "Fee", event.fee_note or yen_words(event.fee_yen, language)),
    ]
    if event.deadline:
        facts.append(("申込締切" if ja else "Register by", day_words(event.deadline, language)))
    return tuple(facts)


def _online(event: Event, venue: str, language: str) -> str:
    word = event.attendance.ja if language == "ja" else event.attendance.en
    return f"{venue}（{word}）" if venue and language == "ja" else word


def _clock(moment: datetime) -> str:
    return f"{moment:%-H:%M}"


def _order_facts(order: OrderInquiry, ja: bool) -> Facts:  # noqa: FBT001
    if not ja:
        return ()
    rows = (
        ("区分", order.direction.ja),
        ("加工", "、".join(order.processes)),
        ("材質", "、".join(order.materials)),
        ("数量", order.quantity),
        ("所在" if order.direction is OrderDirection.BUYING else "地域", order.region),
        ("締切", day_words(order.closes) if order.closes else "随時"),
    )
    return tuple((label, value) for label, value in rows if value)


def _patent_facts(patent: LicensablePatent, ja: bool) -> Facts:  # noqa: FBT001
    return (("番号", patent.number), ("権利者", patent.holder)) if ja else ()


def _notice_facts(notice: Notice, ja: bool) -> Facts:  # noqa: FBT001
    return (("掲載日" if ja else "Posted", day_words(notice.published, "ja" if ja else "en")),)


def _news_facts(entry: NewsEntry, ja: bool) -> Facts:  # noqa: FBT001
    source = ("出典" if ja else "Source", entry.feed_title)
    if entry.published is None:
        return (source,)
    return (source, ("公表日" if ja else "Published", day_words(entry.published, "ja" if ja else "en")))


def _program_facts(program: Program, ja: bool) -> Facts:  # noqa: FBT001
    return (("対象", program.audience), ("内容", program.offer), ("期間", program.period)) if ja else ()


def _company_facts(company: CompanyProfile, ja: bool) -> Facts:  # noqa: FBT001
    processes = list(dict.fromkeys(c.process_name if ja else c.process_name_en for c in company.capabilities))
    rows = (("所在地" if ja else "Address", company.address if ja else company.address_en),)
    made = (("得意な加工" if ja else "Processes", ("、" if ja else ", ").join(processes[:4])),)
    return tuple((label, value) for label, value in (*rows, *made) if value)


_FACTS: dict[type, Callable[..., Facts]] = {
    Grant: _grant_facts,
    Event: _event_facts,
    OrderInquiry: _order_facts,
    LicensablePatent: _patent_facts,
    Notice: _notice_facts,
    NewsEntry: _news_facts,
    Program: _program_facts,
    CompanyProfile: _company_facts,
}
