from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from generator.errors import ContentError
from newsletters.issue.draft import format_draft, merge
from newsletters.issue.draft_reading import parse_draft, read_draft
from newsletters.issue.model import Issue, Pick, Prose, Section, without_comments

ISSUE = Issue(
    newsletter="magazine",
    issue_date=date(2023, 11, 22),
    number=512,
    subject="【中小企業だより】件名: 「」",
    author="起案花子",
    offered=("grants/a", "events/b"),
    lead="はじめの言葉。\n\n- 一つ\n- 二つ",
    sections=(
        Section(
            "closing",
            "締切が近いもの",
            (Pick("grants/a", "締切まで3日", "紹介の**文**。\n\n二段目。"), Prose("自分の段落。")),
        ),
        Section("events", "催し", (Pick("events/b", "8日後に開催"),)),
    ),
    editors_note="編集後記。",
)


def test_a_draft_reads_back_as_it_was_written() -> None:
    assert parse_draft(format_draft(ISSUE, {"grants/a": "助成"}), "x.md") == ISSUE


def test_redrafting_keeps_every_word_order_and_deletion_of_the_editor() -> None:
    text = format_draft(ISSUE, {}).replace("- events/b\n  <!-- 理由: 8日後に開催 -->", "催しは休みます。")
    edited = parse_draft(text, "x.md")
    fresh = replace(
        ISSUE,
        offered=("grants/a", "events/b", "events/new", "notices/n"),
        lead="",
        subject="別の件名",
        sections=(
            Section(
                "closing", "締切が近いもの", (Pick("grants/a", "締切まで2日"), Pick("events/new", "新しい"))
            ),
            Section("events", "催し", (Pick("events/b", "7日後に開催"),)),
            Section("notices", "お知らせ", (Pick("notices/n", "掲載"),)),
        ),
    )
    merged = merge(edited, fresh)
    assert merged.lead == ISSUE.lead
    assert merged.subject == ISSUE.subject
    assert merged.references == ("grants/a", "events/new", "notices/n")
    first = merged.sections[0].blocks[0]
    assert first == Pick("grants/a", "締切まで2日", "紹介の**文**。\n\n二段目。")
    assert Prose("催しは休みます。") in merged.sections[1].blocks


def test_redrafting_twice_changes_nothing_more() -> None:
    once = merge(ISSUE, ISSUE)
    assert merge(once, ISSUE) == once


def test_a_pick_that_no_longer_qualifies_says_so() -> None:
    fresh = replace(ISSUE, sections=ISSUE.sections[:1])
    assert "いまの規則では選ばれません" in merge(ISSUE, fresh).sections[1].picks[0].why


@pytest.mark.parametrize(
    "text",
    [
        "",
        "本文だけ",
        "---\nnewsletter: m\n---\n",
        "---\n: [\n---\n",
        "---\nnewsletter: m\ndate: 12/31\nnumber: 1\n---\n",
    ],
)
def test_a_front_that_cannot_be_read_says_where(text: str) -> None:
    with pytest.raises(ContentError, match=r"x\.md"):
        parse_draft(text, "x.md")


@pytest.mark.parametrize(
    "subject", ["締切まで2日: 広域商談会", "C#の話 #1", "社長の'一言'", '"引用"', "- 一覧", "1"]
)
def test_a_subject_holds_whatever_an_editor_types_between_its_quotes(subject: str) -> None:
    issue = replace(ISSUE, subject=subject)
    assert parse_draft(format_draft(issue, {}), "x.md") == issue


def test_a_subject_that_lost_its_quotes_says_where_and_what_to_write() -> None:
    text = format_draft(ISSUE, {}).replace("subject: '【中小企業だより】件名: 「」'", "subject: 件名: 一つ")
    with pytest.raises(ContentError) as caught:
        parse_draft(text, "x.md")
    (problem,) = caught.value.problems
    assert (problem.line, 'subject: "件名: 一つ"' in problem.mend) == (5, True)


def test_an_author_is_taken_over_where_none_stands_and_kept_where_one_does() -> None:
    assert merge(replace(ISSUE, author=""), replace(ISSUE, author="起案次郎")).author == "起案次郎"
    assert merge(ISSUE, replace(ISSUE, author="起案次郎")).author == "起案花子"


def test_an_editors_notes_to_oneself_stay_and_are_not_sent() -> None:
    text = format_draft(ISSUE, {"grants/a": "助成"})
    text = text.replace("自分の段落。", "自分の段落。\n<!-- 課長に確かめる -->")
    text = text.replace("  紹介の**文**。", "  <!-- 写真を待つ -->\n  紹介の**文**。")
    edited = parse_draft(text, "x.md")
    again = format_draft(merge(edited, ISSUE), {"grants/a": "助成"})
    assert again.count("<!-- 課長に確かめる -->") == again.count("<!-- 写真を待つ -->") == 1
    assert parse_draft(again, "x.md") == edited
    assert without_comments(edited.sections[0].picks[0].blurb).strip().startswith("紹介の")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("## はじめに {#lead}", "お知らせです。\n\n## はじめに {#lead}", "最初の見出しの前"),
        ("はじめの言葉。", "- events/new", "ここには記事を置けません"),
        ("## 催し {#events}", "## 催し {#closing}", "同じ名前のコーナーが二つ"),
        ("author:", "memo: 覚え書き\nauthor:", "知らない項目"),
    ],
)
def test_words_that_would_be_lost_are_refused(before: str, after: str, told: str) -> None:
    text = format_draft(ISSUE, {})
    assert text.count(before) == 1
    with pytest.raises(ContentError, match=told):
        parse_draft(text.replace(before, after), "x.md")


def test_a_draft_that_calls_itself_another_day_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "magazine" / "2023-11-22.md"
    path.parent.mkdir()
    path.write_text(format_draft(ISSUE, {}), encoding="utf-8")
    with pytest.raises(ContentError, match="ファイルの場所と違います"):
        read_draft(path.rename(path.with_name("2023-11-29.md")), tmp_path)


def test_a_heading_without_its_key_names_its_line() -> None:
    text = format_draft(ISSUE, {}).replace("## 催し {#events}", "## 催し")
    with pytest.raises(ContentError) as caught:
        parse_draft(text, "x.md")
    line = text.splitlines().index("## 催し") + 1
    assert caught.value.problems[0].line == line
