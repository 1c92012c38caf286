"""Throttles hold their limit, forget with their window, and store nobody's name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, Table, select

from generator.forms.throttle import Limit, Throttle, throttle_table
from generator.storage.database import open_database, writing

DAILY = Limit("confirm", 3, 86_400)


@pytest.fixture
def table() -> Table:
    return throttle_table(MetaData())


@pytest.fixture
def engine(tmp_path: Path, table: Table) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    table.metadata.create_all(engine)
    yield engine
    engine.dispose()


def asks(engine: Engine, table: Table, who: str, times: int, *, now: float = 0.0) -> int:
    throttle = Throttle(table, b"key")
    with writing(engine).begin() as connection:
        return sum(throttle.allow(connection, DAILY, who, now) for _ in range(times))


def test_ten_thousand_requests_are_allowed_three_times(engine: Engine, table: Table) -> None:
    assert asks(engine, table, "a@example.jp", 10_000) == 3


def test_others_are_counted_apart(engine: Engine, table: Table) -> None:
    assert asks(engine, table, "a@example.jp", 5) == 3
    assert asks(engine, table, "b@example.jp", 5) == 3


def test_a_new_window_allows_again(engine: Engine, table: Table) -> None:
    assert asks(engine, table, "a@example.jp", 5) == 3
    assert asks(engine, table, "a@example.jp", 5, now=86_400.0) == 3


def test_the_table_holds_no_address(engine: Engine, table: Table) -> None:
    asks(engine, table, "a@example.jp", 1)
    with engine.connect() as connection:
        assert all("example" not in str(row) for row in connection.execute(select(table)))


def test_windows_that_are_over_can_be_forgotten(engine: Engine, table: Table) -> None:
    asks(engine, table, "a@example.jp", 5)
    with writing(engine).begin() as connection:
        Throttle(table, b"key").forget_before(connection, DAILY, 86_400.0)
        assert connection.execute(select(table)).all() == []
