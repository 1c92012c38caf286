"""The sample companies: fictional, complete, everywhere in the prefecture."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from company_db.classification import codes
from company_db.commands.app import app
from company_db.corporate_number import is_own_id, is_valid
from company_db.directory import Directory
from company_db.samples.loading import is_sample, load_sample
from company_db.schema import SCHEMA
from company_db.store import CompanyStore
from generator.storage.database import open_database
from tests.builders import ON, make_settings
from tests.company_db.test_store import INTAKE, make_record

SAMPLE = load_sample(ON)


def test_there_are_300_in_every_municipality_under_names_of_their_own() -> None:
    assert len(SAMPLE) == len({record.name for record in SAMPLE}) == 300
    assert {record.municipality_code for record in SAMPLE} == set(codes.municipalities())


def test_no_number_can_belong_to_a_real_corporation() -> None:
    for record in SAMPLE:
        assert is_own_id(record.key) or (is_valid(record.key) and record.key[1:5] == "9999")


def test_every_telephone_and_address_of_the_net_is_fictional() -> None:
    assert all(record.telephone.startswith("029-000-") for record in SAMPLE if record.telephone)
    assert all(record.url.endswith(".example.jp/") for record in SAMPLE)


@pytest.mark.parametrize(
    "field", ["headline", "headline_en", "business", "business_en", "pr", "pr_en", "products", "equipment"]
)
def test_every_profile_is_rich_in_both_languages(field: str) -> None:
    assert all(getattr(record, field) for record in SAMPLE)


def test_some_are_fresh_some_stale_and_some_expired() -> None:
    ages = [(ON - record.confirmed).days for record in SAMPLE if record.confirmed]
    assert min(ages) < 30
    assert any(365 < age <= 1095 for age in ages)
    assert any(age > 1095 for age in ages)


def test_loading_twice_adds_once(tmp_path: Path) -> None:
    arguments = ["load-sample", "--project", str(tmp_path), "--on", "2023-11-22"]
    first = CliRunner().invoke(app, arguments)
    again = CliRunner().invoke(app, arguments)
    assert "追加 300" in first.stdout
    assert "変わらず 300" in again.stdout
    assert "追加・変更 132" in first.stdout
    assert "追加・変更 0" in again.stdout
    counts = Directory(make_settings(tmp_path), date(2023, 11, 22)).counts()
    assert counts.members > 270
    assert (counts.listed - counts.members, counts.closed) == (125, 7)


def test_the_sample_register_holds_no_real_corporation_and_reaches_every_municipality(tmp_path: Path) -> None:
    CliRunner().invoke(app, ["load-sample", "--project", str(tmp_path), "--on", "2023-11-22"])
    rows = [row for row in Directory(make_settings(tmp_path), ON).rows() if not row.member]
    assert all(is_valid(row.key) and row.key[1:5] == "9999" for row in rows)
    assert {row.municipality_code for row in rows} == set(codes.municipalities())
    assert {bool(row.successor_name) for row in rows if row.closed and row.close_cause == "11"} == {True}


def test_a_database_with_a_real_member_takes_no_sample(tmp_path: Path) -> None:
    CliRunner().invoke(app, ["load-sample", "--project", str(tmp_path)])
    engine = open_database(SCHEMA.url_of(make_settings(tmp_path)))
    CompanyStore(engine).save([make_record()], INTAKE)
    engine.dispose()
    done = CliRunner().invoke(app, ["load-sample", "--project", str(tmp_path)])
    assert "本物の会員が1社あります" in str(done.exception)
    assert not is_sample("4011001098993")
