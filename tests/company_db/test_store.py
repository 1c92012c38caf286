"""Writing members and reading them back: consent, history, digests and freshness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from company_db.directory import Directory
from company_db.model import PUBLISHABLE_FIELDS, CompanyRecord
from company_db.publication import private_values, public_view
from company_db.runs import Intake
from company_db.schema import SCHEMA
from company_db.store import CompanyStore
from generator.clock import TOKYO
from generator.storage import migrations
from generator.storage.database import open_database
from tests.builders import ON, make_settings

INTAKE = Intake(datetime(2023, 11, 22, 9, 0, tzinfo=TOKYO), "職員", "試験")
KEY = "4011001098993"


def make_record(key: str = KEY, **over: Any) -> CompanyRecord:
    given_: dict[str, Any] = {
        "key": key,
        "name": "見本精機株式会社",
        "kana": "ミホンセイキ",
        "municipality_code": "08201",
        "industries": ("E24",),
        "representative": "見本 太郎",
        "customers": ("秘密商事株式会社",),
        "notes": "職員だけの覚え書き",
        "contact_email": "person@example.jp",
        "business": "ステンレス部品の切削",
        "consent": frozenset({"business", "representative"}),
        "registered": date(2020, 4, 1),
        "confirmed": date(2023, 6, 1),
    }
    return CompanyRecord(**(given_ | over))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CompanyStore]:
    engine = open_store(tmp_path)
    yield CompanyStore(engine)
    engine.dispose()


def open_store(project: Path) -> Engine:
    settings = make_settings(project)
    migrations.upgrade(SCHEMA, settings)
    return open_database(SCHEMA.url_of(settings))


def directory(project: Path, on: date = ON) -> Directory:
    return Directory(make_settings(project), on)


def test_a_saved_member_is_read_back_as_it_was(store: CompanyStore) -> None:
    record = make_record()
    assert store.save([record], INTAKE).added == 1
    assert store.find(KEY) == record


def test_saving_the_same_record_again_changes_nothing(store: CompanyStore, tmp_path: Path) -> None:
    store.save([make_record()], INTAKE)
    before = directory(tmp_path).fingerprint()
    assert store.save([make_record()], INTAKE).unchanged == 1
    assert directory(tmp_path).fingerprint() == before


def test_a_change_moves_seq_and_digest_of_that_company_alone(store: CompanyStore, tmp_path: Path) -> None:
    other = make_record("5050005005266", name="別の会社")
    store.save([make_record(), other], INTAKE)
    seq = directory(tmp_path).last_seq()
    before = {row.key: row.digest for row in directory(tmp_path).rows()}
    store.save([make_record(business="アルミ部品の切削")], INTAKE)
    changed = list(directory(tmp_path).rows(after_seq=seq))
    assert [row.key for row in changed] == [KEY]
    assert changed[0].digest != before[KEY]


def test_a_change_of_a_private_field_leaves_the_public_digest(store: CompanyStore, tmp_path: Path) -> None:
    store.save([make_record()], INTAKE)
    before = [row.digest for row in directory(tmp_path).rows()]
    store.save([make_record(notes="別の覚え書き")], INTAKE)
    assert [row.digest for row in directory(tmp_path).rows()] == before


def test_history_says_when_who_source_before_and_after(store: CompanyStore) -> None:
    store.save([make_record()], INTAKE)
    store.save([make_record(business="アルミ部品の切削")], INTAKE)
    last = store.history(KEY)[-1]
    assert (last.field, last.before, last.after) == ("business", "ステンレス部品の切削", "アルミ部品の切削")
    assert (last.who, last.source) == ("職員", "試験")


def test_a_page_past_the_unlisting_age_leaves_the_directory(store: CompanyStore, tmp_path: Path) -> None:
    store.save([make_record()], INTAKE)
    assert len(list(directory(tmp_path, date(2026, 5, 31)).profiles())) == 1
    assert list(directory(tmp_path, date(2026, 6, 1)).profiles()) == []


def test_an_unlisted_member_is_in_no_output(store: CompanyStore, tmp_path: Path) -> None:
    store.save([make_record(listed=False)], INTAKE)
    assert list(directory(tmp_path).rows()) == []
    assert directory(tmp_path).find_profile(KEY) is None


def test_an_absent_database_is_an_empty_directory(tmp_path: Path) -> None:
    nothing = directory(tmp_path)
    assert (list(nothing.rows()), list(nothing.profiles()), nothing.counts().listed) == ([], [], 0)


@given(consent=st.frozensets(st.sampled_from(sorted(PUBLISHABLE_FIELDS))))
def test_a_field_without_consent_never_reaches_the_public_view(consent: frozenset[str]) -> None:
    secret = {
        "headline": "ひみつ見出し",
        "representative": "ひみつ太郎",
        "address": "ひみつ町1",
        "telephone": "029-999-9999",
        "business": "ひみつ事業",
        "pr": "ひみつPR",
        "customers": ("ひみつ商事",),
        "patents": ("特許ひみつ",),
        "strengths": ("ひみつの強み",),
        "factory_address": "ひみつ工場",
    }
    staff = {"notes": "ひみつ覚え", "contact_person": "ひみつ担当", "contact_email": "himitsu@example.jp"}
    record = make_record(**secret, **staff, consent=consent)
    shown = str(asdict(public_view(record)))
    for name, value in secret.items():
        text = value if isinstance(value, str) else value[0]
        assert (text in shown) == (name in consent)
    assert not any(text in shown for text in staff.values())
    assert set(staff.values()) <= set(private_values(record, public_view(record)))
