"""A year is closed once and read back as it was; the next opens with drafts under new names, and old addresses lead on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from generator.content.library import make_library
from generator.content.model import Program
from generator.content.reader import read_content
from generator.errors import RefusedError
from generator.plan.carrying import new_slug
from generator.plan.closed import closed_year_source
from generator.plan.ledger import count_plan
from generator.plan.model import Counts, Plan, PlanLine, PlanSection
from generator.plan.years import close_year, open_year
from generator.settings import Settings
from generator.site.pages.plan import plan_pages
from generator.site.pages.programs import program_pages
from generator.site.view import SiteView
from tests.builders import make_event, make_program, make_settings

LAST = date(2024, 3, 31)
LINE = PlanLine(key="5-ク", marker="ク", text="ミニセミナー", target=2, unit="回", counts=Counts.EVENTS)
SECTION = PlanSection(key="5", marker="(5)", title="よろず支援拠点事業", chapter="よろず", lines=(LINE,))
PLAN = Plan(year=2023, title="令和5年度事業計画", sections=(SECTION,))
WORDS = """---
title: よろず支援拠点
published: 2023-04-01
section: "5"
audience: 県内の中小企業
offer: 無料の相談
how: 電話で予約
desk: yorozu-desk
related: [growth, other]
---
[伴走](/programs/growth/)もあります。
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tmp_path / "content/programs"
    folder.mkdir(parents=True)
    (folder / "yorozu.md").write_text(WORDS, encoding="utf-8")
    (folder / "yorozu.en.md").write_text("---\ntitle: Yorozu\nchecked: true\n---\nAsk.\n", encoding="utf-8")
    (folder / "growth.md").write_text(WORDS.replace("[growth, other]", "[yorozu]"), encoding="utf-8")
    return make_settings(tmp_path)


def programs(settings: Settings) -> dict[str, Program]:
    things = read_content(settings.content).things
    return {thing.slug: thing for thing in things if isinstance(thing, Program)}


def open_next(settings: Settings) -> dict[str, Program]:
    open_year(PLAN, list(programs(settings).values()), settings)
    return programs(settings)


def test_each_program_becomes_a_draft_of_the_new_year_that_keeps_its_words(settings: Settings) -> None:
    after = open_next(settings)
    assert sorted(after) == ["growth", "growth-2024", "yorozu", "yorozu-2024"]
    draft = after["yorozu-2024"]
    assert (draft.draft, draft.replaces, draft.published) == (True, "yorozu", date(2024, 4, 1))
    assert (draft.title, draft.related) == ("よろず支援拠点", ("growth-2024", "other"))
    assert draft.body == "[伴走](/programs/growth-2024/)もあります。"
    assert draft.english is not None
    assert not draft.english.checked
    assert not draft.is_public(date(2025, 1, 1))


def test_opening_twice_writes_nothing_over(settings: Settings) -> None:
    open_next(settings)
    draft = settings.content / "programs/growth-2024.md"
    draft.write_text("直した", encoding="utf-8")
    (settings.content / "plan/2024.yml").unlink()
    with pytest.raises(RefusedError, match="もうあります"):
        open_year(PLAN, [make_program("growth")], settings)
    assert draft.read_text(encoding="utf-8") == "直した"
    assert not (settings.content / "plan/2024.yml").exists()


def test_a_program_s_name_carries_one_year(settings: Settings) -> None:
    assert new_slug("yorozu", 2024) == "yorozu-2024"
    assert new_slug("yorozu-2024", 2025) == "yorozu-2025"


def test_a_carried_program_takes_over_and_the_old_address_leads_to_it(tmp_path: Path) -> None:
    old = make_program("yorozu", title="よろず")
    new = make_program("yorozu-2024", title="よろず", replaces="yorozu", published=date(2024, 4, 1))
    event = make_event(program="yorozu")
    before, after = (
        SiteView(make_library([old, new, event], on=on), make_settings(tmp_path))
        for on in (LAST, date(2024, 4, 1))
    )
    assert [p.slug for p in before.programs] == ["yorozu"]
    assert [p.slug for p in after.programs] == ["yorozu-2024"]
    assert after.program("yorozu") == new
    assert after.events_of(new) == (event,)
    page = next(page for page in program_pages(after) if page.address == "programs/yorozu/")
    assert (page.template, page.listed, page.values["program"]) == ("program_moved.html", False, new)


def test_a_closed_year_keeps_its_page_and_its_numbers(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    held = make_event("held", day=date(2023, 7, 20), plan=("5-ク",))
    close_year(count_plan(PLAN, make_library([held], on=LAST), LAST), settings)
    assert closed_year_source.load(settings, LAST).things == []
    closed = closed_year_source.load(settings, date(2024, 4, 1)).things
    view = SiteView(make_library(closed, on=date(2024, 4, 1)), settings)  # the event itself is gone
    pages = list(plan_pages(view))
    assert [page.address for page in pages] == ["about/plan/2023/"]
    assert "1回" in str(pages[0].values["ledger"])
    assert 'href="/events/2023/held/"' in str(pages[0].values["ledger"])


def test_a_damaged_record_of_a_closed_year_is_named(tmp_path: Path) -> None:
    path = tmp_path / "content/plan/2023/closed/ledger.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}", encoding="utf-8")
    problems = closed_year_source.load(make_settings(tmp_path), date(2024, 4, 1)).problems
    assert [problem.path for problem in problems] == ["content/plan/2023/closed/ledger.json"]
