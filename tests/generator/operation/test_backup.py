"""A backup reads back, a restore keeps the old file, and a damaged file changes nothing."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import MetaData, Table
from sqlalchemy.engine import make_url

from generator.clock import TOKYO
from generator.errors import DataError, RefusedError, ServiceError
from generator.operation.backup import _without_password, back_up, restore
from generator.settings import Settings
from generator.storage.database import open_database
from generator.storage.schema import Schema
from tests.builders import make_settings

AT = datetime(2023, 11, 22, 3, 0, tzinfo=TOKYO)


def schema_of(file: Path) -> Schema:
    return Schema("companies", MetaData(), file.parent, lambda _settings: f"sqlite:///{file}")


def fill(file: Path, *names: str) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE IF NOT EXISTS company (name TEXT)")
        database.executemany("INSERT INTO company VALUES (?)", [(name,) for name in names])


def names(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return [name for (name,) in database.execute("SELECT name FROM company ORDER BY name")]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


def test_a_backup_is_taken_while_the_database_is_open(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "a.sqlite3"
    fill(file, "甲", "乙")
    with closing(sqlite3.connect(file)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM company").fetchall()
        (made,) = back_up([schema_of(file)], settings, tmp_path / "backups", at=AT)
    assert (made.path.name, made.rows) == ("companies-20231122-030000.sqlite3", 2)
    assert names(made.path) == sorted(["甲", "乙"])
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600


def test_a_database_that_is_not_there_is_left_out(tmp_path: Path, settings: Settings) -> None:
    assert back_up([schema_of(tmp_path / "none.sqlite3")], settings, tmp_path / "backups", at=AT) == []


def test_a_restore_brings_the_old_rows_and_keeps_the_new_file(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "a.sqlite3"
    fill(file, "甲")
    (made,) = back_up([schema_of(file)], settings, tmp_path / "backups", at=AT)
    fill(file, "乙")
    kept = restore(schema_of(file), settings, made.path, at=AT)
    assert names(file) == ["甲"]
    assert kept is not None
    assert names(kept) == sorted(["甲", "乙"])


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000])
def test_a_damaged_backup_changes_nothing(tmp_path: Path, settings: Settings, content: bytes) -> None:
    file, damaged = tmp_path / "a.sqlite3", tmp_path / "damaged.sqlite3"
    fill(file, "甲")
    damaged.write_bytes(content)
    if content:
        with pytest.raises(DataError, match="読めません"):
            restore(schema_of(file), settings, damaged, at=AT)
        assert names(file) == ["甲"]
    else:
        with pytest.raises(DataError, match="空です"):
            restore(schema_of(file), settings, damaged, at=AT)


def test_a_missing_backup_is_told(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(DataError, match="ありません"):
        restore(schema_of(tmp_path / "a.sqlite3"), settings, tmp_path / "nothing", at=AT)


def test_a_torn_page_is_found_when_it_is_read_back(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "a.sqlite3"
    fill(file, *[f"会社{n}" for n in range(5000)])
    (made,) = back_up([schema_of(file)], settings, tmp_path / "backups", at=AT)
    data = bytearray(made.path.read_bytes())
    data[8192:12288] = b"\xff" * 4096
    made.path.write_bytes(data)
    with pytest.raises(DataError):
        restore(schema_of(file), settings, made.path, at=AT)
    assert len(names(file)) == 5000


def test_a_backup_is_one_file_even_of_a_database_with_a_write_ahead_log(
    tmp_path: Path, settings: Settings
) -> None:
    file = tmp_path / "a.sqlite3"
    fill(file, "甲")
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        (made,) = back_up([schema_of(file)], settings, tmp_path / "backups", at=AT)
    assert list((tmp_path / "backups").iterdir()) == [made.path]


def test_a_database_in_use_is_not_restored_over(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "a.sqlite3"
    fill(file, "甲")
    (made,) = back_up([schema_of(file)], settings, tmp_path / "backups", at=AT)
    engine = open_database(f"sqlite:///{file}")
    with engine.connect() as idle:
        idle.exec_driver_sql("SELECT * FROM company")
        with pytest.raises(RefusedError, match="止めてから"):
            restore(schema_of(file), settings, made.path, at=AT)
    engine.dispose()
    assert restore(schema_of(file), settings, made.path, at=AT)


def test_the_backup_of_another_room_is_refused(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "a.sqlite3"
    fill(file, "甲")
    (made,) = back_up([schema_of(file)], settings, tmp_path / "backups", at=AT)
    other = MetaData()
    Table("subscribers", other)
    with pytest.raises(DataError, match="newsletters の控えではありません"):
        restore(Schema("newsletters", other, file.parent, schema_of(file).url_of), settings, made.path, at=AT)
    assert names(file) == ["甲"]


@pytest.mark.postgres
def test_postgresql_is_dumped_read_back_and_restored(
    tmp_path: Path, settings: Settings, postgres_url: str
) -> None:
    if shutil.which("pg_dump") is None:
        pytest.skip("*** pg_dump がありません。控えの試験を飛ばします ***")
    schema = Schema("companies", MetaData(), tmp_path, lambda _settings: postgres_url)
    engine = open_database(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE company (name text)")
        connection.exec_driver_sql("INSERT INTO company VALUES ('甲')")
    (made,) = back_up([schema], settings, tmp_path / "backups", at=AT)
    assert (made.path.suffix, made.rows, stat.S_IMODE(made.path.stat().st_mode)) == (".dump", None, 0o600)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO company VALUES ('乙')")
    assert restore(schema, settings, made.path, at=AT) is None
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM company").scalars().all() == ["甲"]
    torn = tmp_path / "torn.dump"
    torn.write_bytes(made.path.read_bytes()[:-200])
    with pytest.raises(ServiceError):
        restore(schema, settings, torn, at=AT)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM company").scalars().all() == ["甲"]
    engine.dispose()


def test_no_password_stands_in_the_arguments_of_a_program() -> None:
    url = make_url("postgresql+psycopg://koho:geheim@db/companies")
    assert _without_password(url) == "postgresql://koho@db/companies"
