"""One contract for the enterprise database on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine

from company_db.directory import Directory
from company_db.photos import PhotoStore
from company_db.registry.file import load_registry_file
from company_db.registry.intake import import_registry
from company_db.runs import Intake
from company_db.schema import SCHEMA
from company_db.store import CompanyStore
from company_db.tables import metadata
from generator.clock import TOKYO
from generator.rendering.pictures import CleanPhoto
from generator.settings import Settings
from generator.storage import migrations
from generator.storage.database import open_database
from tests.builders import ON, make_settings
from tests.company_db.registry.rows import make_row, number, write_file
from tests.company_db.test_store import KEY, make_record

INTAKE = Intake(datetime(2023, 11, 22, 9, 0, tzinfo=TOKYO), "職員", "試験")


@dataclass(frozen=True)
class Place:
    settings: Settings
    engine: Engine

    def directory(self, on: date = ON) -> Directory:
        return Directory(self.settings, on)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    settings = make_settings(tmp_path, companies_url=url)
    migrations.upgrade(SCHEMA, settings)
    engine = open_database(SCHEMA.url_of(settings))
    yield Place(settings, engine)
    engine.dispose()


def test_migrations_make_exactly_the_tables_of_the_code(place: Place) -> None:
    with place.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_upgrading_again_changes_nothing(place: Place) -> None:
    assert migrations.upgrade(SCHEMA, place.settings) == migrations.newest(SCHEMA)
    assert migrations.current(SCHEMA, place.settings) == migrations.newest(SCHEMA)


def test_members_go_in_and_come_out_alike(place: Place) -> None:
    store = CompanyStore(place.engine)
    assert store.save([make_record(), make_record("k00000001", name="個人の工房")], INTAKE).added == 2
    assert store.save([make_record()], INTAKE).unchanged == 1
    assert [row.key for row in place.directory().rows()] == [KEY, "k00000001"]
    assert [profile.key for profile in place.directory().profiles()] == [KEY, "k00000001"]
    assert place.directory().counts().listed == 2
    profile = place.directory().find_profile(KEY)
    assert profile is not None
    assert profile.name == "見本精機株式会社"
    assert profile.customers == ()


def test_only_changed_rows_follow_a_remembered_seq(place: Place) -> None:
    store = CompanyStore(place.engine)
    store.save([make_record(), make_record("k00000001", name="個人の工房")], INTAKE)
    seq = place.directory().last_seq()
    store.save([make_record(business="アルミ部品の切削")], INTAKE)
    assert [row.key for row in place.directory().rows(after_seq=seq)] == [KEY]


def test_a_run_that_fails_leaves_nothing(place: Place) -> None:
    store = CompanyStore(place.engine)
    broken = [make_record(), None]
    with pytest.raises(AttributeError):
        store.save(broken, INTAKE)  # type: ignore[arg-type]
    assert list(place.directory().rows()) == []
    assert place.directory().fingerprint() == "0-empty"


def test_the_register_goes_in_once_and_only_once(place: Place, tmp_path: Path) -> None:
    first = write_file(tmp_path / "all_20240104.csv", [make_row(1), make_row(2)])
    closing = make_row(
        1, process="21", closed="2024-01-01", cause="11", successor=number(2), updated="2024-01-05"
    )
    second = write_file(tmp_path / "diff_20240105.csv", [closing])
    for _ in range(2):
        import_registry(
            place.engine, map(load_registry_file, [first, second]), lambda _name: INTAKE, prefecture="08"
        )
        rows = {row.key: row for row in place.directory().rows()}
        assert {key: row.closed for key, row in rows.items()} == {number(1): "2024-01-01", number(2): ""}
        assert rows[number(1)].successor_name == "見本2株式会社"
        assert place.directory().last_seq() == 2


def test_history_says_what_the_register_changed(place: Place, tmp_path: Path) -> None:
    first = write_file(tmp_path / "a.csv", [make_row(1)])
    second = write_file(tmp_path / "b.csv", [make_row(1, updated="2024-01-05", name="新見本株式会社")])
    import_registry(
        place.engine, map(load_registry_file, [first, second]), lambda _name: INTAKE, prefecture="08"
    )
    (entry,) = CompanyStore(place.engine).history(number(1))
    assert (entry.field, entry.before, entry.after) == ("name", "見本1株式会社", "新見本株式会社")


def test_photos_are_kept_and_read_for_the_page_alike(place: Place) -> None:
    CompanyStore(place.engine).save([make_record()], INTAKE)
    clean = CleanPhoto(800, 600, b"large\0\xff", b"small\0\xff")
    kept = PhotoStore(place.engine).keep(KEY, clean, INTAKE.at)
    assert PhotoStore(place.engine).find(KEY, kept.digest) == clean
    path = f"companies/photos/{KEY}/{kept.digest}"
    assert place.directory().photo(f"{path}.webp") == clean.large
    assert place.directory().photo(f"{path}-s.webp") == clean.small
