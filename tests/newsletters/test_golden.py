"""Every block that an issue may hold, in every face, byte for byte.

After a wanted change: ``pytest tests/newsletters/test_golden.py --snapshot-update``, then read the difference.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from generator.content.company import Capability, CompanyProfile
from generator.content.library import make_library
from generator.content.model import Report
from generator.content.reader import KINDS
from generator.rendering.plaintext import NOT_FIRST, width
from newsletters.declaration import get_newsletter
from newsletters.issue.draft import format_draft
from newsletters.issue.draft_reading import parse_draft
from newsletters.issue.entry import ITEM_KINDS, Thing, catalogue
from newsletters.issue.rendering import Typeset, Workshop, typeset
from newsletters.room import MARKS
from tests.builders import (
    make_event,
    make_grant,
    make_news,
    make_notice,
    make_order,
    make_patent,
    make_program,
    make_settings,
    make_story,
)

ROOT = Path(__file__).parent.parent.parent
DRAFTS = ROOT / "tests" / "samples" / "issues"

COMPANY = CompanyProfile(
    key="1234567890123",
    name="見本精機株式会社",
    name_en="Mihon Seiki Co., Ltd.",
    headline="ステンレスの小物を1個から削る",
    headline_en="Small stainless parts, from one piece",
    address="水戸市桜川2-2-35",
    address_en="2-2-35 Sakuragawa, Mito",
    capabilities=(Capability("lathe", "旋盤加工", "Turning"), Capability("milling", "フライス", "Milling")),
)
THINGS = (
    make_program(summary="経営の相談に何度でも応じます。", period="通年"),
    make_grant(
        topics=("overseas",),
        summary="海外の展示会にかかる費用を助成します。",
        closes=date(2023, 12, 1),
        closes_time="17:00",
        english={"title": "Grant for overseas sales", "summary": "Up to two thirds of the cost."},
    ),
    make_event(
        deadline=date(2023, 12, 1),
        topics=("overseas",),
        english={"title": "Seminar on overseas business", "summary": "How to begin."},
    ),
    make_event("fair", title="秋の展示会", status="cancelled", status_note="台風のため"),
    make_notice(summary="12月29日から1月3日まで休みます。", topics=("consultation",)),
    make_story(summary="ベトナムへ初めて輸出しました。"),
    Report(slug="report", path="reports/report.md", title="景況調査", published=date(2023, 11, 10)),
    make_news(summary="国の補助金の公募が始まりました。"),
    make_news("n2", title="日付のない外の記事", published=None),
    make_order(processes=("切削",), materials=("SUS304",), quantity="30個"),
    make_patent(summary="ファンのない冷却装置です。"),
    COMPANY,
)


def things() -> dict[str, Thing]:
    return dict(catalogue(make_library(THINGS, on=date(2023, 11, 22))))


def made(name: str) -> Typeset:
    settings = make_settings(ROOT)
    issue = parse_draft((DRAFTS / f"{name}.md").read_text(encoding="utf-8"), name)
    return typeset(issue, get_newsletter(settings, issue.newsletter), things(), Workshop.of(settings), MARKS)


class _Page(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT


class _Html(_Page):
    file_extension = "html"


class _Text(_Page):
    file_extension = "txt"


@pytest.mark.parametrize("name", ["golden", "golden-en"])
@pytest.mark.parametrize("face", ["html", "text", "web"])
def test_an_issue_with_every_block_is_byte_for_byte_the_same(
    name: str, face: str, snapshot: SnapshotAssertion
) -> None:
    typeset = made(name)
    everything = typeset.faces["all"]
    words = {"html": everything.html, "text": everything.text, "web": typeset.web_html}[face]
    assert words == snapshot(extension_class=_Text if face == "text" else _Html)


def test_a_reader_of_one_topic_gets_that_topics_items(snapshot: SnapshotAssertion) -> None:
    text = made("golden").faces["overseas"].text
    assert text == snapshot(extension_class=_Text)


def test_every_kind_of_item_stands_in_the_golden_issue() -> None:
    references = parse_draft((DRAFTS / "golden.md").read_text(encoding="utf-8"), "x").references
    assert set(references) == set(things())
    assert {type(thing) for thing in THINGS} >= set(ITEM_KINDS)
    assert made("golden").missing == ()


def test_an_english_letter_names_the_kinds_of_its_items_in_english() -> None:
    kinds = re.findall(r'class="kind"[^>]*>\d+\u3000([^<]+)<', made("golden-en").faces["all"].html)
    assert kinds
    assert all(kind.isascii() for kind in kinds), kinds
    assert all(kind.label_en.isascii() and kind.label_en for kind in KINDS)


def test_the_golden_draft_is_written_as_it_is_read() -> None:
    text = (DRAFTS / "golden.md").read_text(encoding="utf-8")
    issue = parse_draft(text, "x")
    assert parse_draft(format_draft(issue, {}), "x") == issue


def test_no_line_of_the_text_is_wider_than_35_characters_or_begins_with_a_mark() -> None:
    for face in (*made("golden").faces.values(), *made("golden-en").faces.values()):
        for line in face.text.splitlines():
            assert width(line) <= 70 or "://" in line, line
            assert line[:1] not in set(NOT_FIRST) - {"・"}, line
