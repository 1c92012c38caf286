"""gBizINFO's facts join members by corporate number and never overwrite what a company says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from company_db.commands.app import app
from company_db.intake.gbizinfo import PublicFacts, join, load_gbizinfo
from company_db.store import CompanyStore
from generator.errors import DataError
from tests.company_db.registry.test_intake import Register
from tests.company_db.test_store import INTAKE, KEY, make_record

ENTRY: dict[str, Any] = {
    "corporate_number": KEY,
    "name": "見本精機株式会社",
    "capital_stock": 10000000,
    "employee_number": 25,
    "company_url": "https://www.mihon.example.jp/",
    "date_of_establishment": "1968-04-01",
    "certification": [{"title": "健康経営優良法人"}, {"title": "知らない認定"}],
    "subsidy": [{"title": "ものづくり補助金", "amount": "1000"}],
    "patent": [{"patent_type": "特許", "registration_number": "9990001", "title": "冷却装置"}],
}


def test_the_json_of_the_api_is_read(tmp_path: Path) -> None:
    path = tmp_path / "g.json"
    path.write_text(json.dumps({"hojin-infos": [ENTRY]}), encoding="utf-8")
    (fact,) = load_gbizinfo(path)
    assert (fact.capital_yen, fact.employees, fact.founded) == (10_000_000, 25, "1968-04-01")
    assert fact.patents == ("特許 9990001 冷却装置",)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_the_basic_csv_is_read_in_both_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "kihon.csv"
    path.write_bytes(
        f"法人番号,商号または名称,資本金,従業員数,WebサイトURL,設立年月日\n{KEY},見本,10000000,25,,1968-04-01\n".encode(
            encoding
        )
    )
    assert load_gbizinfo(path) == (PublicFacts(KEY, 10_000_000, 25, "", "1968-04-01"),)


def test_rows_of_one_corporation_come_together(tmp_path: Path) -> None:
    path = tmp_path / "hojokin.csv"
    path.write_text(f"法人番号,補助金等\n{KEY},ものづくり補助金\n{KEY},事業再構築補助金\n", encoding="utf-8")
    (fact,) = load_gbizinfo(path)
    assert fact.subsidies == ("ものづくり補助金", "事業再構築補助金")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("名称,住所\nA,B\n", "gBizINFOのCSVではありません"),
        ("{", "JSONとして読めません"),
        ("{}", "hojin-infos"),
    ],
)
def test_another_file_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "other.dat"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_gbizinfo(path)


def test_empty_fields_are_filled_and_titles_added_once() -> None:
    fact = PublicFacts(
        KEY, 10_000_000, 25, certifications=("健康経営優良法人", "知らない認定"), subsidies=("A", "A")
    )
    record = make_record(subsidies=("A",))
    (joined,) = join([record], [fact]).records
    assert (joined.capital_yen, joined.employees, joined.subsidies) == (10_000_000, 25, ("A",))
    assert [part.code for part in joined.certifications] == ["health-management"]
    assert join([joined], [fact]).records == (joined,)


def test_a_companys_own_figure_stays_and_the_difference_is_reported() -> None:
    found = join([make_record(employees=30)], [PublicFacts(KEY, employees=25), PublicFacts("5050005005266")])
    assert found.records[0].employees == 30
    assert [(d.field, d.ours, d.theirs) for d in found.disagreements] == [("employees", "30", "25")]
    assert found.unknown == 1


def test_the_command_joins_and_notes_its_source(tmp_path: Path) -> None:
    register = Register(tmp_path)
    store = CompanyStore(register.engine)
    store.save([make_record()], INTAKE)
    path = tmp_path / "g.json"
    path.write_text(json.dumps([ENTRY]), encoding="utf-8")
    arguments = ["import-gbizinfo", str(path), "--project", str(tmp_path)]
    assert "変更 0" in CliRunner().invoke(app, [*arguments, "--dry-run"]).stdout
    assert "変更 1" in CliRunner().invoke(app, arguments).stdout
    assert "変更 0" in CliRunner().invoke(app, arguments).stdout
    assert store.history(KEY)[-1].source == "gBizINFO g.json"
    register.engine.dispose()
