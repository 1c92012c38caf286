"""Front matter as staff write it, right and wrong, each case with its line and its mend."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from generator.content.codes import Topic
from generator.content.library import Library, load_library
from generator.content.model import Event, Front, Grant, Notice, Page, Place, Program
from generator.content.reader import read_content
from generator.content.source import ContentSource
from generator.errors import Problem, Severity
from generator.plan.model import Plan
from tests.builders import ON, make_settings

PLAN = """\
year: 2023
title: 令和5年度事業計画
sections:
  - key: "5"
    marker: (5)
    title: よろず支援拠点事業
    chapter: よろず支援拠点事業
    lines:
      - key: 5-ク
        marker: ク
        text: ミニセミナー
        ongoing: true
"""
PLACE = "---\ntitle: よろず支援拠点\nkind: desk\ntelephone: 029-000-0001\n---\n窓口です。\n"
PROGRAM = """\
---
title: よろず支援拠点
summary: 何でも相談できます。
section: "5"
audience: 県内の中小企業
offer: 無料の相談
how: 電話で予約
desk: yorozu-desk
plan: [5-ク]
---
本文です。
"""
EVENT = """\
---
title: ミニセミナー
kind: seminar
summary: 短い講座です。
program: yorozu
date: 2023-11-29
time: 13:30-16:00
venue:
  name: 産業会館
capacity: 20
deadline: 2023-11-27
plan: [5-ク]
kana: ミニセミナー
---
学びます。
"""


def write(project: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = project / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def read(project: Path, **files: str) -> Library:
    named = {
        "plan/2023.yml": PLAN,
        "places/yorozu-desk.md": PLACE,
        "programs/yorozu.md": PROGRAM,
        "events/2023/mini.md": EVENT,
    }
    write(
        project,
        named | {name.replace("__", "/").replace("_", "-") + ".md": text for name, text in files.items()},
    )
    return load_library([ContentSource()], make_settings(project), ON)


def only(library: Library) -> Problem:
    assert len(library.errors) == 1, [str(p) for p in library.errors]
    return library.errors[0]


def event(old: str, new: str) -> str:
    assert old in EVENT
    return EVENT.replace(old, new)


def test_a_folder_without_mistakes_becomes_a_library(tmp_path: Path) -> None:
    library = read(tmp_path)
    assert library.problems == ()
    held = library.get(Event, "mini")
    assert (held.starts.isoformat(), held.capacity, held.address) == (
        "2023-11-29T13:30:00+09:00",
        20,
        "events/2023/mini/",
    )
    assert library.get(Program, "yorozu").body == "本文です。"
    assert library.all(Plan)[0].line("5-ク") is not None


@pytest.mark.parametrize(
    "written",
    [
        "令和5年11月29日",
        "２０２３年１１月２９日（水）",
        "2023/11/29",
        "2023年11月29日",
        "2023.11.29",
        "令和５年１１月２９日",
    ],
)
def test_a_date_may_be_written_as_staff_write_it(tmp_path: Path, written: str) -> None:
    library = read(tmp_path, events__2023__mini=event("date: 2023-11-29", f"date: {written}"))
    assert library.errors == ()
    assert library.get(Event, "mini").starts.date() == date(2023, 11, 29)


@pytest.mark.parametrize(("written", "value"), [("２０", 20), ("1,000", 1000), ("1万", 10000)])
def test_a_number_may_have_full_width_digits_and_units(tmp_path: Path, written: str, value: int) -> None:
    library = read(tmp_path, events__2023__mini=event("capacity: 20", f"capacity: {written}"))
    assert library.get(Event, "mini").capacity == value


def test_a_course_lists_its_sessions(tmp_path: Path) -> None:
    sessions = (
        "sessions:\n  - {date: 2023-11-29, time: 13:30〜16:00}\n"
        "  - {date: 令和5年12月6日, time: １３：３０-１６：００, title: 二回目}\n"
    )
    text = event("date: 2023-11-29\ntime: 13:30-16:00\n", sessions)
    found = read(tmp_path, events__2023__mini=text).get(Event, "mini")
    assert [s.starts.day for s in found.sessions] == [29, 6]
    assert found.sessions[1].title == "二回目"


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "words"),
    [
        ("title: ミニセミナー", "title：ミニセミナー", 2, "title", "コロンが全角"),
        ("  name: 産業会館", "\tname: 産業会館", 9, "", "タブ"),
        ("title: ミニセミナー", "title:ミニセミナー", 2, "title", "半角の空白"),
        ("date: 2023-11-29", "date: 2023-13-45", 6, "date", "という日はありません"),
        ("date: 2023-11-29", "date: 来週の水曜", 6, "date", "日付として読めません"),
        ("time: 13:30-16:00", "time: 午後から", 7, "time", "時間として読めません"),
        ("time: 13:30-16:00", "time: 16:00-13:30", 6, "sessions.1.ends", "前です"),
        ("deadline: 2023-11-27", "deadline: 2023-12-27", 11, "deadline", "開催日"),
        ("deadline: 2023-11-27", "deadline: 12/31", 11, "deadline", "日付として読めません"),
        ("capacity: 20", "capacity: 二十", 10, "capacity", "数として読めません"),
        ("capacity: 20", "capacity: 0", 10, "capacity", "小さすぎます"),
        ("kind: seminar", "kind: party", 3, "kind", "使えない語"),
        ("capacity: 20", "capasity: 20", 10, "capasity", "capacity"),
        ("title: ミニセミナー\n", "", 2, "title", "項目がありません"),
        ("plan: [5-ク]", "plan: [5-ケ]", 12, "plan", "計画にない行"),
        ("program: yorozu", "program: yorozo", 5, "program", "「yorozu」のことですか"),
        ("kind: seminar", "kind: seminar\nkind: course", 4, "kind", "同じ項目が二度"),
        ("title: ミニセミナー", "title: @ミニ", 2, "", "引用符"),
        ("---\ntitle", "title", 1, "", "先頭に --- がありません"),
        ("kana: ミニセミナー\n---", "plan: [5-ク]", 1, "", "終わりの --- がありません"),
        ("学びます。", "![](x.png)", 15, "body", "代わりの文がありません"),
        ("学びます。", "![図](x.png)", 15, "body", "ファイルがありません"),
        ("venue:\n  name: 産業会館\n", "", 2, "venue", "会場がありません"),
        ("capacity: 20", "slug: other", 10, "slug", "ファイルの名前"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_mend(
    tmp_path: Path, old: str, new: str, line: int, field: str, words: str
) -> None:
    problems = read(tmp_path, events__2023__mini=event(old, new)).errors
    told = [p for p in problems if p.path == "content/events/2023/mini.md"]
    assert told, "no problem was found"
    assert any(words in str(p) and p.field == field for p in told), [str(p) for p in told]
    if "venue" not in field:
        assert line in {p.line for p in told}, [str(p) for p in told]


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    broken = event("capacity: 20", "capacity: 二十").replace("kind: seminar", "kind: party")
    problems = read(
        tmp_path, events__2023__mini=broken, places__yorozu_desk=PLACE.replace("kind: desk", "kind: shop")
    ).errors
    assert {(p.path, p.field) for p in problems} >= {
        ("content/events/2023/mini.md", "capacity"),
        ("content/events/2023/mini.md", "kind"),
        ("content/places/yorozu-desk.md", "kind"),
    }


def test_two_files_of_one_kind_may_not_share_a_slug(tmp_path: Path) -> None:
    problem = only(read(tmp_path, events__2024__mini=EVENT))
    assert (problem.field, problem.value) == ("slug", "mini")


def test_a_message_reads_path_line_field_value_what_and_mend(tmp_path: Path) -> None:
    problem = only(read(tmp_path, events__2023__mini=event("capacity: 20", "capacity: 二十")))
    assert str(problem) == (
        "content/events/2023/mini.md:10: capacity: 「二十」: 数として読めません。1000000 のように半角の数字で書いてください"
    )


def test_a_file_that_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, {"notices/2023/a.md": "x"})
    (tmp_path / "content/notices/2023/a.md").write_bytes("---\ntitle: 表\n".encode("cp932"))
    problem = only(read(tmp_path))
    assert (problem.path, problem.line) == ("content/notices/2023/a.md", 2)


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    write(tmp_path, {"notices/2023/a.md": "x"})
    text = "\ufeff---\r\ntitle: 休業\r\npublished: 2023-11-20\r\nminor: はい\r\n---\r\n休みます。\r\n"
    (tmp_path / "content/notices/2023/a.md").write_bytes(text.encode())
    notice = read(tmp_path).get(Notice, "a")
    assert (notice.title, notice.minor, notice.body) == ("休業", True, "休みます。")


def test_a_rate_is_a_fraction_and_an_amount_is_yen(tmp_path: Path) -> None:
    text = (
        "---\ntitle: 助成\nsummary: 助成します。\nprogram: yorozu\nyear: 2023\nsupport_period: 1年\n"
        "ceiling_yen: 250万円\nrate: 2/3\nopens: 2023-11-01\ncloses: 2023-12-15\ncloses_time: 17時\ntopics: [funding]\n---\n"
    )
    grant = read(tmp_path, grants__a=text).get(Grant, "a")
    assert (grant.ceiling_yen, grant.rate, str(grant.closes_time)) == (2_500_000, Fraction(2, 3), "17:00:00")
    assert grant.topics == (Topic.FUNDING,)


def test_an_english_twin_becomes_the_translation(tmp_path: Path) -> None:
    write(tmp_path, {"programs/yorozu.en.md": "---\ntitle: Yorozu\nchecked: true\n---\nAsk anything.\n"})
    english = read(tmp_path).get(Program, "yorozu").english
    assert english is not None
    assert (english.title, english.checked, english.body) == ("Yorozu", True, "Ask anything.")


def test_a_typed_actual_needs_its_source(tmp_path: Path) -> None:
    write(tmp_path, {"plan/2023/actuals.yml": "- line: 5-ク\n  value: ３\n  as_of: 令和5年10月31日\n"})
    problem = only(read(tmp_path))
    assert (problem.path, problem.field) == ("content/plan/2023/actuals.yml", "source")


def test_a_page_without_a_summary_is_a_warning_and_does_not_block(tmp_path: Path) -> None:
    library = read(tmp_path, events__2023__mini=event("summary: 短い講座です。\n", ""))
    assert library.errors == ()
    assert [p.severity for p in library.problems] == [Severity.WARNING]


def test_the_fingerprint_changes_with_any_file(tmp_path: Path) -> None:
    read(tmp_path)
    settings = make_settings(tmp_path)
    before = ContentSource().fingerprint(settings)
    assert ContentSource().fingerprint(settings) == before
    write(tmp_path, {"about/new.md": "---\ntitle: 新\n---\n"})
    assert ContentSource().fingerprint(settings) != before
    assert read(tmp_path).get(Page, "new").title == "新"
    assert read(tmp_path).get(Place, "yorozu-desk").telephone == "029-000-0001"


def test_the_words_of_the_home_page_are_read_with_their_english(tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text("---\ntitle: 次の一歩を\nsummary: 無料です。\n---\n", encoding="utf-8")
    (tmp_path / "index.en.md").write_text("---\ntitle: Your way\nchecked: true\n---\n", encoding="utf-8")
    reading = read_content(tmp_path)
    assert not reading.problems
    (front,) = reading.things
    assert isinstance(front, Front)
    assert front.title == "次の一歩を"
    assert front.english is not None
    assert front.english.title == "Your way"


def test_the_home_page_refuses_a_body_that_would_not_be_shown(tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text("---\ntitle: 次の一歩を\n---\nこんにちは\n", encoding="utf-8")
    (problem,) = read_content(tmp_path).problems
    assert (problem.path, problem.line, problem.field) == ("content/index.md", 4, "body")
