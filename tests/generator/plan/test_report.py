"""The report of a year: numbers as numbers, links to the proof, and a closed year that stays closed."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
import yaml

from generator.content.library import make_library
from generator.errors import RefusedError
from generator.plan.ledger import Ledger, count_plan
from generator.plan.model import Counts, Plan, PlanLine, PlanSection
from generator.plan.report import evidence_csv, ledger_csv, ledger_rows, report_markdown
from generator.plan.table import ledger_html
from generator.plan.years import close_year, open_year
from tests.builders import ON, make_event, make_settings

SITE = "https://example.jp/"


def make_ledger() -> Ledger:
    line = PlanLine(
        key="1-1-キ", marker="キ", text="海外展開セミナー", target=3, unit="回", counts=Counts.EVENTS
    )
    section = PlanSection(
        key="1-1", marker="(1)①", title="海外事業", chapter="海外", budget_thousand_yen=30644, lines=(line,)
    )
    plan = Plan(year=2023, title="令和5年度事業計画", sections=(section,))
    things = [
        make_event("held", day=date(2023, 7, 20), plan=("1-1-キ",)),
        make_event(
            "secret", day=date(2024, 2, 7), title="まだ秘密", published=date(2023, 12, 20), plan=("1-1-キ",)
        ),
    ]
    return count_plan(plan, make_library(things, on=ON), ON)


def test_the_csv_keeps_numbers_apart_from_units_and_counts_the_evidence() -> None:
    row = next(csv.DictReader(io.StringIO(ledger_csv(make_ledger()))))
    assert (row["目標値"], row["単位"], row["実績値"], row["予定値"], row["根拠の件数"]) == (
        "3",
        "回",
        "1",
        "1",
        "1",
    )


def test_every_counted_thing_has_an_absolute_link_in_the_evidence_table() -> None:
    rows = list(csv.DictReader(io.StringIO(evidence_csv(make_ledger(), SITE))))
    assert rows[0]["URL"] == "https://example.jp/events/2023/held/"
    assert [row["区別"] for row in rows] == ["実績", "予定"]


def test_json_rows_and_markdown_tell_the_same_line() -> None:
    ledger = make_ledger()
    assert ledger_rows(ledger, SITE)[0]["actual"] == 1
    text = report_markdown(ledger, SITE)
    assert "| キ | 海外展開セミナー | 3回 | 1回 | 1回 |" in text
    assert "予算額: 30,644千円" in text


def test_the_public_table_does_not_name_what_is_not_public_yet() -> None:
    html = ledger_html(make_ledger(), "/")
    assert "まだ秘密" not in html
    assert 'href="/events/2023/held/"' in html


def test_a_closed_year_is_frozen_and_refuses_to_be_written_again(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    written = close_year(make_ledger(), settings)
    assert {path.name for path in written} == {"ledger.csv", "evidence.csv", "ledger.json", "report.md"}
    with pytest.raises(RefusedError, match="もう閉じています"):
        close_year(make_ledger(), settings)


def test_the_next_year_opens_with_the_lines_and_without_money_or_actuals(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    path = open_year(make_ledger().plan, [], settings)[0]
    plan = Plan(**yaml.safe_load(path.read_text(encoding="utf-8")))
    assert (plan.year, plan.title) == (2024, "令和6年度事業計画")
    assert plan.sections[0].lines[0].target == 3
    assert plan.sections[0].budget_thousand_yen is None
    with pytest.raises(RefusedError):
        open_year(make_ledger().plan, [], settings)
