"""Databases open by URL with durable commits, private files and clear refusals."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from generator.errors import SettingsError
from generator.storage.database import database_url, open_database, writing


def test_a_sqlite_file_is_private_and_durable(tmp_path: Path) -> None:
    file = tmp_path / "var" / "a.sqlite3"
    engine = open_database(database_url("", file))
    with engine.connect() as connection:
        modes = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    engine.dispose()
    assert modes == ["wal", 2, 1]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    engine = open_database(database_url(str(tmp_path / "a.sqlite3"), tmp_path / "unused"))
    with writing(engine).begin() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))

    def fail() -> None:
        with writing(engine).begin() as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar() == 0
    engine.dispose()


def test_who_means_to_write_holds_the_lock_before_the_first_statement_and_readers_do_not(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a.sqlite3"
    engine = open_database(database_url("", file))

    def lock_is_free() -> bool:
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            return True

    with writing(engine).begin():
        assert not lock_is_free()
    with engine.begin() as connection:  # over the same connection as the writer
        connection.execute(text("SELECT 1"))
        assert lock_is_free()
    engine.dispose()


def test_a_lock_that_cannot_be_had_is_an_error_of_the_database(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite3"
    engine = open_database(database_url("", file))
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"), writing(engine).begin():
            pass
    with engine.begin() as connection:  # the refused writer left no wish behind
        connection.execute(text("SELECT 1"))
    engine.dispose()


@pytest.mark.parametrize("url", ["mysql://localhost/x", "not a url ://"])
def test_another_database_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="sqlite"):
        open_database(url)
