"""Builders: a valid thing of each kind, changed by keyword."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from generator.clock import TOKYO
from generator.content.model import (
    BackIssue,
    Event,
    Grant,
    LicensablePatent,
    NewsEntry,
    Notice,
    OrderInquiry,
    Place,
    Program,
    Session,
    Story,
    Venue,
)
from generator.settings import Settings

ON = date(2023, 11, 22)


def make_settings(project: Path, **over: Any) -> Settings:
    return Settings(**{"project": project, "on": ON, "flyers": False, **over})


def make_program(slug: str = "yorozu", **over: Any) -> Program:
    given: dict[str, Any] = {
        "slug": slug,
        "path": f"programs/{slug}.md",
        "title": "よろず支援拠点",
        "section": "5",
        "audience": "県内の中小企業",
        "offer": "無料の相談",
        "how": "電話で予約",
        "desk": "yorozu-desk",
    }
    return Program(**(given | over))


def make_grant(slug: str = "overseas-2023-1", **over: Any) -> Grant:
    given: dict[str, Any] = {
        "slug": slug,
        "path": f"grants/{slug}.md",
        "title": "海外販路開拓促進事業",
        "program": "challenge-fund",
        "year": 2023,
        "support_period": "1年（当該年度内）",
        "ceiling_yen": 1_000_000,
        "rate": "2/3",
        "opens": date(2023, 11, 1),
        "closes": date(2023, 12, 15),
    }
    return Grant(**(given | over))


def make_session(day: date = date(2023, 12, 6), start: str = "13:30", end: str = "16:00") -> Session:
    return Session(
        starts=datetime.fromisoformat(f"{day}T{start}").replace(tzinfo=TOKYO),
        ends=datetime.fromisoformat(f"{day}T{end}").replace(tzinfo=TOKYO),
    )


def make_event(slug: str = "seminar", *, day: date = date(2023, 12, 6), **over: Any) -> Event:
    given: dict[str, Any] = {
        "slug": slug,
        "path": f"events/2023/{slug}.md",
        "title": "海外展開セミナー",
        "kind": "seminar",
        "sessions": (make_session(day),),
        "venue": Venue(name="茨城県産業会館", address="水戸市桜川2-2-35", municipality="08201"),
    }
    return Event(**(given | over))


def make_notice(slug: str = "notice", **over: Any) -> Notice:
    given: dict[str, Any] = {
        "slug": slug,
        "path": f"notices/2023/{slug}.md",
        "title": "年末の休業",
        "published": date(2023, 11, 20),
    }
    return Notice(**(given | over))


def make_story(slug: str = "story", **over: Any) -> Story:
    given: dict[str, Any] = {
        "slug": slug,
        "path": f"stories/{slug}.md",
        "title": "初めての輸出",
        "published": date(2023, 10, 2),
        "company": "見本精機株式会社",
    }
    return Story(**(given | over))


def make_patent(slug: str = "patent", **over: Any) -> LicensablePatent:
    given: dict[str, Any] = {
        "slug": slug,
        "path": f"patents/{slug}.md",
        "title": "冷却装置",
        "number": "特許第9999999号",
        "holder": "見本大学",
        "holder_kind": "university",
        "registered": date(2023, 7, 3),
    }
    return LicensablePatent(**(given | over))


def make_order(slug: str = "order", **over: Any) -> OrderInquiry:
    given: dict[str, Any] = {
        "slug": slug,
        "path": f"orders/{slug}.md",
        "title": "ステンレス部品の切削",
        "direction": "buying",
        "opens": date(2023, 11, 1),
        "closes": date(2023, 12, 1),
        "desk": "matching-desk",
    }
    return OrderInquiry(**(given | over))


def make_place(slug: str = "yorozu-desk", **over: Any) -> Place:
    given: dict[str, Any] = {
        "slug": slug,
        "path": f"places/{slug}.md",
        "title": "よろず支援拠点",
        "kind": "desk",
        "telephone": "029-000-0001",
    }
    return Place(**(given | over))


def make_news(identity: str = "n1", **over: Any) -> NewsEntry:
    given: dict[str, Any] = {
        "id": identity,
        "feed": "sample",
        "feed_title": "見本の機関",
        "title": "補助金の公募",
        "url": "https://example.jp/news/1",
        "published": date(2023, 11, 20),
        "accepted": date(2023, 11, 21),
    }
    return NewsEntry(**(given | over))


def make_back_issue(number: int = 1, **over: Any) -> BackIssue:
    given: dict[str, Any] = {
        "newsletter": "magazine",
        "newsletter_title": "見本マガジン",
        "number": number,
        "issue_date": date(2023, 11, 15),
        "subject": "見本マガジン 第1号",
        "body_html": "<p>本文</p>",
    }
    return BackIssue(**(given | over))
