"""A member's sheet: each row's difference, each problem, and nothing changed when anything is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from company_db.classification import codes
from company_db.commands.app import app
from company_db.intake.columns import CLEAR, COLUMNS, cell_text
from company_db.intake.members import MembersIntake, SheetPlan
from company_db.intake.table import load_table
from company_db.intake.template import write_template
from company_db.samples.loading import load_sample
from company_db.store import CompanyStore
from generator.errors import ContentError
from tests.builders import ON
from tests.company_db.registry.rows import make_row, number
from tests.company_db.registry.test_intake import Register
from tests.company_db.test_store import INTAKE, KEY, make_record


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    made = Register(tmp_path)
    yield made
    made.engine.dispose()


def plan_of(register: Register, *lines: str) -> SheetPlan:
    path = register.project / "members.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return MembersIntake(register.engine).plan(load_table(path))


def test_a_dry_run_shows_each_rows_difference(register: Register) -> None:
    CompanyStore(register.engine).save([make_record()], INTAKE)
    plan = plan_of(register, "法人番号,名称,事業概要", f"{KEY},見本精機株式会社,アルミ部品の切削")
    (row,) = plan.rows
    (difference,) = row.differences
    assert (difference.header, difference.before, difference.after) == (
        "事業概要",
        "ステンレス部品の切削",
        "アルミ部品の切削",
    )
    assert CompanyStore(register.engine).find(KEY) == make_record()


def test_an_empty_cell_leaves_a_field_and_the_word_empties_it(register: Register) -> None:
    store = CompanyStore(register.engine)
    store.save([make_record(strengths=("短納期",))], INTAKE)
    plan = plan_of(register, "法人番号,名称,事業概要,得意分野", f"{KEY},,,{CLEAR}")
    MembersIntake(register.engine).apply(plan, INTAKE)
    after = store.find(KEY)
    assert after is not None
    assert (after.business, after.strengths) == ("ステンレス部品の切削", ())


def test_a_company_of_the_register_needs_only_its_number(register: Register) -> None:
    register.take("2024-01-04", make_row(1))
    plan = plan_of(register, "法人番号,名称,業種", f"{number(1)},,金属製品製造業")
    assert plan.errors == ()
    record = plan.rows[0].record
    assert record is not None
    assert (record.name, record.kana, record.municipality_code) == ("見本1株式会社", "ミホン", "08201")
    assert record.industries == ("E24",)


def test_every_problem_of_every_row_comes_at_once_and_nothing_changes(register: Register) -> None:
    plan = plan_of(
        register,
        "法人番号,名称,市町村,電話番号,従業員数",
        "4011001098994,A社,水戸市,12,数名",
        f"{KEY},B社,東京都,,",
    )
    found = {(problem.line, problem.field) for problem in plan.errors}
    assert {(2, "法人番号"), (2, "電話番号"), (2, "従業員数"), (3, "市町村")} <= found
    assert all(problem.message for problem in plan.errors)
    with pytest.raises(ContentError):
        MembersIntake(register.engine).apply(plan, INTAKE)
    assert CompanyStore(register.engine).records() == ()


def test_a_row_without_a_number_is_offered_candidates_and_never_merged(register: Register) -> None:
    register.take(
        "2024-01-04",
        make_row(1, name="株式会社髙﨑精機"),
        make_row(2, name="高崎精機有限会社", city_code="202"),
    )
    plan = plan_of(register, "法人番号,名称,市町村", ",㈱高崎精機,水戸市")
    (problem,) = plan.errors
    assert problem.message == "法人番号がありません"
    assert problem.mend.index(number(1)) < problem.mend.index(number(2))


def test_a_sole_proprietor_gets_an_own_id_once(register: Register) -> None:
    lines = ("法人番号,名称,市町村", "新規,見本木工房,笠間市")
    plan = plan_of(register, *lines)
    MembersIntake(register.engine).apply(plan, INTAKE)
    assert [record.key for record in CompanyStore(register.engine).records()] == ["k00000001"]
    (problem,) = plan_of(register, *lines).errors
    assert "すでにあります" in problem.message
    assert "k00000001" in problem.message


def test_one_number_twice_is_an_error(register: Register) -> None:
    plan = plan_of(register, "法人番号,名称,市町村", f"{KEY},A社,水戸市", f"{KEY},B社,水戸市")
    assert [problem.message for problem in plan.errors] == ["2行目と同じ番号です"]


def test_a_name_unlike_the_registered_one_and_a_closed_company_are_warned_of(register: Register) -> None:
    register.take("2024-01-04", make_row(1, process="21", closed="2024-01-01", cause="01"))
    plan = plan_of(register, "法人番号,名称", f"{number(1)},まったく別の株式会社")
    assert plan.errors == ()
    assert ["登記名" in plan.problems[0].message, "閉鎖" in plan.problems[1].message] in (
        [True, True],
        [False, False],
    )
    assert {p.field for p in plan.problems} == {"名称", "法人番号"}


def test_a_pre_filled_template_comes_back_without_a_difference(register: Register, tmp_path: Path) -> None:
    sample = load_sample(ON)
    CompanyStore(register.engine).save(sample, INTAKE)
    for record in sample[:2]:
        write_template(tmp_path / "t.xlsx", record)
        plan = MembersIntake(register.engine).plan(load_table(tmp_path / "t.xlsx"))
        assert plan.problems == ()
        assert [row.differences for row in plan.rows] == [()]


def test_every_cell_of_every_sample_reads_back_as_it_was() -> None:
    for record in load_sample(ON):
        for column in COLUMNS:
            text = cell_text(record, column)
            if text:
                assert column.read(text) == getattr(record, column.field), (record.key, column.header)


def test_an_empty_template_has_drop_downs_and_text_cells(tmp_path: Path) -> None:
    write_template(tmp_path / "t.xlsx")
    book = load_workbook(tmp_path / "t.xlsx")
    sheet = book["企業"]
    assert [cell.value for cell in sheet[1]] == [column.header for column in COLUMNS]
    assert len(sheet.data_validations.dataValidation) == sum(bool(column.choices) for column in COLUMNS)
    assert sheet["A2"].number_format == "@"
    assert book["一覧"]["A2"].value == "水戸市"
    looked_up = {cell.value for column in book["一覧"].columns for cell in column}
    for entries in (codes.processes(), codes.materials(), codes.certifications(), codes.lots()):
        assert {entry.ja for entry in entries.values()} <= looked_up


def test_the_command_applies_a_good_sheet_and_refuses_a_bad_one(register: Register) -> None:
    project = ["--project", str(register.project)]
    good, bad = register.project / "good.csv", register.project / "bad.csv"
    good.write_text(
        f"法人番号,名称,市町村,最終確認日\n{KEY},㈱見本精機,水戸市,令和5年6月1日\n", encoding="cp932"
    )
    bad.write_text(f"法人番号,名称,市町村\n{KEY},A社,月面\n", encoding="utf-8")
    tried = CliRunner().invoke(app, ["import", str(good), "--dry-run", *project])
    assert "名称: （空） → 株式会社見本精機" in tried.stdout
    assert CompanyStore(register.engine).records() == ()
    assert "追加 1" in CliRunner().invoke(app, ["import", str(good), *project]).stdout
    refused = CliRunner().invoke(app, ["import", str(bad), *project])
    assert refused.exit_code == 1
    assert "bad.csv:2: 市町村: 「月面」" in refused.stderr
    record = CompanyStore(register.engine).find(KEY)
    assert record is not None
    assert (record.name, record.confirmed) == ("株式会社見本精機", date(2023, 6, 1))
