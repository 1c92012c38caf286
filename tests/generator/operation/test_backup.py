"""A backup reads back, a restore keeps the old file, and a damaged file changes nothing."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import MetaData

from generator.clock import TOKYO
from generator.errors import DataError
from generator.operation.backup import back_up, restore
from generator.settings import Settings
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
