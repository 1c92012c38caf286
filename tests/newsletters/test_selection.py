from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from generator.content.company import CompanyProfile
from generator.content.library import Library, make_library
from newsletters.declaration import Newsletter, parse_newsletters
from newsletters.issue.model import PastIssue
from newsletters.issue.selection import select
from tests.builders import ON, make_event, make_grant, make_news, make_notice, make_story
from tests.newsletters.desk import ROOT

MAGAZINE = parse_newsletters(ROOT / "content" / "newsletters.yml")[0][0]
LAST_WEEK = ON - timedelta(days=7)


def chosen(library: Library, *past: PastIssue, newsletter: Newsletter = MAGAZINE) -> dict[str, list[str]]:
    return {s.key: [p.reference for p in s.picks] for s in select(library, newsletter, ON, past)}


def library(*things: object) -> Library:
    return make_library(things, on=ON)


def test_the_regions_of_outside_news_take_turns() -> None:
    days = [date(2023, 11, day) for day in (14, 15, 16, 17, 18)]
    nation = [make_news(f"n{day.day}", published=day, url=f"https://example.jp/{day}") for day in days]
    prefecture = make_news("p", region="prefecture", published=date(2023, 11, 1))
    support = make_news("s", region="support", published=None)
    seen = PastIssue(LAST_WEEK, ("news/n18",))
    found = chosen(library(*nation, prefecture, support), seen)["news"]
    assert found == ["news/n17", "news/p", "news/s", "news/n16"]


def test_what_closes_first_stands_first() -> None:
    late = make_grant("late", closes=date(2023, 12, 5))
    soon = make_grant("soon", closes=date(2023, 11, 24))
    assert chosen(library(late, soon))["closing"] == ["grants/soon", "grants/late"]


def test_a_minor_notice_is_never_mailed() -> None:
    assert chosen(library(make_notice(minor=True))) == {}


def test_nothing_comes_twice_unless_its_deadline_is_near() -> None:
    soon, far = make_grant("soon", closes=date(2023, 11, 28)), make_grant("far", closes=date(2023, 12, 4))
    past = PastIssue(LAST_WEEK, ("grants/soon", "grants/far", "notices/notice"))
    found = select(library(soon, far, make_notice()), MAGAZINE, ON, [past])
    assert [(p.reference, p.why) for s in found for p in s.picks] == [
        ("grants/soon", "再掲: 締切まで6日（前は11月15日（水）号）")
    ]


def test_a_reminder_comes_once() -> None:
    soon = make_grant("soon", closes=date(2023, 11, 28))
    before = [
        PastIssue(LAST_WEEK - timedelta(days=7), ("grants/soon",)),
        PastIssue(LAST_WEEK, ("grants/soon",)),
    ]
    assert chosen(library(soon), *before) == {}


def test_an_announced_event_that_was_cancelled_comes_as_a_correction_once() -> None:
    event = make_event(status="cancelled", status_note="講師の都合のため")
    announced = PastIssue(LAST_WEEK, ("events/seminar",))
    assert chosen(library(event), announced) == {"corrections": ["events/seminar"]}
    told = PastIssue(LAST_WEEK, ("!events/seminar",))
    assert chosen(library(event), announced, told) == {}
    assert chosen(library(event)) == {}


def test_no_item_stands_in_two_sections() -> None:
    event = make_event(topics=("overseas",), deadline=date(2023, 11, 30))
    found = chosen(library(event, make_grant(topics=("overseas",), closes=date(2023, 11, 30))))
    references = [r for section in found.values() for r in section]
    assert len(references) == len(set(references)) == 2


def test_pools_of_one_section_take_turns() -> None:
    events = [make_event(f"e{n}", day=date(2023, 12, 6 + n), topics=("overseas",)) for n in range(5)]
    found = chosen(library(*events, make_notice(topics=("overseas",)), make_news(region="overseas")))
    assert found["overseas"] == ["events/e0", "notices/notice", "news/n1"]


def test_companies_rotate_fairly() -> None:
    companies = [CompanyProfile(key=str(n), name=f"見本{n}", headline="削る") for n in range(3)]
    past: list[PastIssue] = []
    seen = []
    for week in range(6):
        day = ON + timedelta(days=400 * week)
        sections = select(make_library(companies, on=day), MAGAZINE, day, past)
        picked = [p.reference for s in sections for p in s.picks]
        seen += picked
        past.append(PastIssue(day, tuple(picked)))
    assert seen == [f"companies/{n}" for n in (0, 1, 2, 0, 1, 2)]


def test_the_english_letter_holds_only_what_can_be_read_in_english() -> None:
    english = parse_newsletters(ROOT / "content" / "newsletters.yml")[0][2]
    translated = make_event(english={"title": "Seminar on exporting"})
    assert chosen(library(translated, make_event("other"), make_story()), newsletter=english) == {
        "events": ["events/seminar"]
    }


def test_the_declared_newsletters_are_sound(tmp_path: Path) -> None:
    newsletters, problems = parse_newsletters(ROOT / "content" / "newsletters.yml")
    assert ([n.name for n in newsletters], problems) == (["magazine", "overseas", "overseas-en"], ())
    broken = tmp_path / "newsletters.yml"
    broken.write_text("newsletters:\n  - name: Bad Name\n    title: x\n", encoding="utf-8")
    problems = parse_newsletters(broken)[1]
    assert {p.field for p in problems} >= {"Bad Name.name", "Bad Name.cadence"}
    assert {p.line for p in problems} == {2}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("address: magazine@example.jp", "address: 全角＠example.jp", ":10: magazine.sender.address"),
        ("at: 10:53:00", "at: 25時", ":15: magazine.cadence.at: 「25時」: 時刻として読めません"),
        ("pools: [news], back", "pools: [nws], back", "magazine.sections.7.pools.1: 「nws」: 使えない語です"),
        ("language: ja", "langage: ja", "「language」のことですか"),
        ("on_unknown: review ", "on_unknown: resend_after(24h) ", "canary（自分たちの宛先）が要ります"),
        ("newsletters:", "newsletter:", "一覧がありません"),
    ],
)
def test_a_slip_in_the_declaration_says_its_line_in_japanese(
    tmp_path: Path, before: str, after: str, told: str
) -> None:
    words = (ROOT / "content" / "newsletters.yml").read_text(encoding="utf-8")
    assert before in words
    path = tmp_path / "newsletters.yml"
    path.write_text(words.replace(before, after, 1), encoding="utf-8")
    found = parse_newsletters(path)[1]
    assert told in str(found[0])
    assert not any("Input should" in str(problem) for problem in found)
