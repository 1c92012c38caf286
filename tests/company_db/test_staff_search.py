"""Staff find companies by any part of any field, in the same way on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from company_db import staff_search
from company_db.schema import SCHEMA
from company_db.staff_search import search_companies
from company_db.store import CompanyStore
from generator.search.tokens import index_tokens
from generator.storage import migrations
from generator.storage.database import open_database
from tests.builders import make_settings
from tests.company_db.test_store import INTAKE, KEY, make_record

OTHER = "k00000001"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    settings = make_settings(tmp_path, companies_url=url)
    migrations.upgrade(SCHEMA, settings)
    engine = open_database(SCHEMA.url_of(settings))
    records = [
        make_record(name="株式会社髙橋鋳造", kana="タカハシチュウゾウ", pr="焼入れと５軸加工が得意です"),
        make_record(OTHER, name="ひたちなか水産", kana="ヒタチナカスイサン", pr="干し芋", listed=False),
    ]
    CompanyStore(engine).save(records, INTAKE)
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("高橋", [KEY]),
        ("㈱髙橋", [KEY]),
        ("たかはし", [KEY]),
        ("5軸加工", [KEY]),
        ("焼", [KEY]),
        ("芋", [OTHER]),
        ("ﾋﾀﾁﾅｶ", [OTHER]),
        ("高橋 干し芋", []),
        ("高橋　焼入れ", [KEY]),
        ('"5軸 加工"', [KEY]),
        ("水 -芋", [KEY]),
        ("水産 -焼", [OTHER]),
        ('タカハシ −水産 -"干し芋"', [KEY]),
        ("-芋", []),
        ("鋳造高橋", []),
        ("'; DROP TABLE company; --", []),
        ("* OR", []),
        ("", []),
    ],
)
def test_any_part_of_any_field_is_found(engine: Engine, typed: str, keys: list[str]) -> None:
    assert [one.key for one in search_companies(engine, typed)] == keys


def test_a_changed_company_is_found_by_its_new_words_only(engine: Engine) -> None:
    assert search_companies(engine, "干し芋")
    CompanyStore(engine).save([make_record(OTHER, name="ひたちなか水産", pr="しらす")], INTAKE)
    assert search_companies(engine, "干し芋") == []
    assert [one.key for one in search_companies(engine, "しらす")] == [OTHER]


def test_other_rules_of_comparing_index_everything_anew(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert search_companies(engine, "干し芋")
    monkeypatch.setattr(staff_search, "index_tokens", lambda _: index_tokens(["新しい規則"]))
    assert search_companies(engine, "新しい規則") == []
    monkeypatch.setattr(staff_search, "rules_mark", lambda: "other")
    assert [one.key for one in search_companies(engine, "新しい規則")] == [KEY, OTHER]
