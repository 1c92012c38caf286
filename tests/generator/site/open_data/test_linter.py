"""The linter finds each breach that a program can see, and names its rule."""

from __future__ import annotations

from typing import Any

import pytest

from generator.errors import DataError
from generator.site.open_data.dataset import CellKind, CodeTable, Column, Dataset, cell_text
from generator.site.open_data.linter import lint_dataset, require_readable

CODES = {
    "kind": CodeTable("kind", "種類", [("seminar", "セミナー", "Seminar"), ("other", "その他", "Other")])
}


def make_dataset(column: Column, *values: object, **over: Any) -> Dataset:
    given: dict[str, Any] = {"rows": [[value] for value in values], "codes": CODES}
    return Dataset("sample", "見本", "見本の表", [column], **(given | over))


def make_column(**over: Any) -> Column:
    return Column(**({"name": "名称", "english": "name", "meaning": "見本の名称"} | over))


CASES: dict[str, Dataset] = {
    "L1-05": make_dataset(make_column(name=" ")),
    "L1-09": make_dataset(make_column(), "なし"),
    "L2-02": make_dataset(make_column(required=True), ""),
    "L2-01": make_dataset(make_column(kind=CellKind.NUMBER, unit="円"), "1,000円"),
    "L2-04": make_dataset(make_column(kind=CellKind.CODE, codes="kind"), "party"),
    "L2-05": make_dataset(make_column(kind=CellKind.CODE, codes="kind"), "other"),
    "L3-02": make_dataset(make_column(kind=CellKind.CODE, codes="unknown"), "seminar"),
    "L3-04": make_dataset(make_column(kind=CellKind.NUMBER), "1"),
    "L3-05": make_dataset(make_column(kind=CellKind.DATE), "令和5年11月22日"),
    "L3-06": make_dataset(make_column(), "見本", has_area=False),
    "L3-08": make_dataset(make_column(meaning=""), "見本"),
    "L3-09": make_dataset(make_column(name="2023年の売上"), "見本"),
    "L3-03": make_dataset(make_column(), "※要予約"),
    "L1-06": make_dataset(make_column(), "水 戸 市"),
    "L1-07": make_dataset(make_column(kind=CellKind.PHONE), "029-000-0001、029-000-0002"),
    "L1-02": make_dataset(make_column(), rows=[["一", "二"]]),
}


@pytest.mark.parametrize("rule", sorted(CASES))
def test_a_breach_is_named_by_its_rule(rule: str) -> None:
    assert rule in {finding.rule for finding in lint_dataset(CASES[rule])}


def test_the_same_name_twice_is_found() -> None:
    twice = Dataset("s", "見本", "表", [make_column(), make_column()], [["一", "二"]])
    assert "L2-03" in {finding.rule for finding in lint_dataset(twice)}


def test_a_clean_table_has_no_finding() -> None:
    assert lint_dataset(make_dataset(make_column(), "見本精機株式会社", "水戸市")) == []


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("①㈱見本", "(1)(株)見本"),
        ("Ⅱ型", "II型"),
        ("ｶﾅ", "カナ"),
        ("一\n二", "一 二"),
        ("=SUM(A1)", "SUM(A1)"),
        ("花🌸", "花"),
    ],
)
def test_letters_that_other_machines_show_wrongly_are_replaced(written: str, plain: str) -> None:
    assert cell_text(written) == plain
    assert lint_dataset(make_dataset(make_column(), written)) == []


def test_a_breach_stops_the_publication_with_row_and_rule() -> None:
    with pytest.raises(DataError, match=r"opendata/sample.csv.*\n.*L2-01 3行目「名称」"):
        require_readable(make_dataset(make_column(kind=CellKind.NUMBER, unit="円"), "1", "多数"))
