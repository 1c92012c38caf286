"""Who must be asked again, and whose page lacks what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from company_db.commands.app import app
from company_db.completeness import WEIGHTS, completeness
from company_db.publication import Freshness, freshness
from company_db.store import CompanyStore
from tests.builders import ON, make_settings
from tests.company_db.registry.test_intake import Register
from tests.company_db.test_store import INTAKE, KEY, make_record


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    made = Register(tmp_path)
    yield made
    made.engine.dispose()


@pytest.mark.parametrize(
    ("confirmed", "state"),
    [
        (date(2023, 11, 22), Freshness.FRESH),
        (date(2022, 11, 22), Freshness.FRESH),
        (date(2022, 11, 21), Freshness.STALE),
        (None, Freshness.STALE),
        (date(2020, 11, 22), Freshness.STALE),
        (date(2020, 11, 21), Freshness.EXPIRED),
    ],
)
def test_freshness_follows_the_ages_of_the_settings(
    tmp_path: Path, confirmed: date | None, state: Freshness
) -> None:
    assert freshness(confirmed, ON, make_settings(tmp_path)) is state


def test_stale_lists_the_oldest_first_and_no_personal_data(register: Register) -> None:
    CompanyStore(register.engine).save(
        [
            make_record(name="新しい会社"),
            make_record(
                "5050005005266", name="古い会社", confirmed=date(2021, 1, 5), contact_person="ひみつ担当"
            ),
            make_record("7100005012040", name="未確認の会社", confirmed=None),
        ],
        INTAKE,
    )
    arguments = ["stale", "--project", str(register.project), "--on", "2023-11-22"]
    found = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert [entry["name"] for entry in found] == ["未確認の会社", "古い会社"]
    text = CliRunner().invoke(app, arguments).stdout
    assert "5050005005266 古い会社: 2021-01-05（1051日前） 要確認" in text
    assert "ひみつ担当" not in text


def test_the_weights_add_up_to_100() -> None:
    assert sum(WEIGHTS.values()) == 100


def test_what_weighs_most_is_named_first() -> None:
    score = completeness(make_record())
    assert score.missing[:2] == ("加工内容", "一言紹介")
    assert score.score == 100 - sum(
        weight for name, weight in WEIGHTS.items() if name not in {"business", "industries"}
    )


def test_the_command_shows_the_poorest_pages_first(register: Register) -> None:
    rich = make_record("5050005005266", name="豊かな会社", headline="切る", telephone="029-000-0001")
    CompanyStore(register.engine).save([make_record(), rich], INTAKE)
    lines = CliRunner().invoke(app, ["completeness", "--project", str(register.project)]).stdout.splitlines()
    assert [KEY in lines[0], "豊かな会社" in lines[1]] == [True, True]
