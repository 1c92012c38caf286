"""Places are never given twice, the waiting list keeps its order, and cancelling moves the next one up."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import clock
from generator.forms.spreadsheet import safe_cell, write_csv
from generator.registrations.store import Registration, RegistrationState, RegistrationStore, Request
from generator.registrations.tables import SCHEMA
from generator.storage import migrations
from generator.storage.database import open_database, writing
from tests.builders import make_settings

EVENT = "events/2023/mini/"
NOW = clock.now()
R, W, C = RegistrationState.REGISTERED, RegistrationState.WAITING, RegistrationState.CANCELLED


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RegistrationStore]:
    config = make_settings(tmp_path)
    migrations.upgrade(SCHEMA, config)
    engine = open_database(SCHEMA.url_of(config))
    yield RegistrationStore(engine)
    engine.dispose()


def ask(
    store: RegistrationStore, who: str, people: int = 1, capacity: int | None = 3, minute: int = 0
) -> Registration:
    request = Request(EVENT, f"{who}@example.jp", f"{who}@example.jp", who, people=people)
    with writing(store.engine).begin() as connection:
        return store.register(connection, request, capacity, NOW + timedelta(minutes=minute))


def test_people_get_places_until_the_event_is_full(store: RegistrationStore) -> None:
    assert [ask(store, who).state for who in ("a", "b", "c", "d")] == [R, R, R, W]
    assert store.places_taken(EVENT) == 3


def test_an_event_without_a_limit_takes_everybody(store: RegistrationStore) -> None:
    assert {ask(store, f"p{n}", capacity=None).state for n in range(20)} == {R}


def test_the_same_mailbox_again_changes_its_own_row(store: RegistrationStore) -> None:
    first, again = ask(store, "a", people=1), ask(store, "a", people=3)
    assert (first.id, again.state, store.places_taken(EVENT)) == (again.id, R, 3)


def test_cancelling_moves_up_the_first_who_waits(store: RegistrationStore) -> None:
    first = ask(store, "a", people=2)
    ask(store, "b")
    waiting = [ask(store, "c", minute=1), ask(store, "d", minute=2)]
    _, moved = store.cancel(first.id, 3, NOW)
    assert [one.id for one in moved] == [one.id for one in waiting]
    assert [one.state for one in store.list_of(EVENT)] == [C, R, R, R]


def test_nobody_overtakes_a_larger_group_that_waits(store: RegistrationStore) -> None:
    first = ask(store, "a")
    ask(store, "b", people=2)
    ask(store, "c", people=2, minute=1)
    ask(store, "d", minute=2)
    assert store.cancel(first.id, 3, NOW)[1] == []


def test_cancelling_twice_moves_nobody_twice(store: RegistrationStore) -> None:
    first = ask(store, "a", people=3)
    ask(store, "b")
    assert len(store.cancel(first.id, 3, NOW)[1]) == 1
    assert store.cancel(first.id, 3, NOW)[1] == []
    assert store.cancel(999, 3, NOW) == (None, [])


def test_many_at_once_never_get_more_places_than_there_are(store: RegistrationStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(lambda n: ask(store, f"p{n}", capacity=5).state, range(24)))
    assert (states.count(R), states.count(W), store.places_taken(EVENT)) == (5, 19, 5)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4), st.booleans()), max_size=25))
def test_the_count_never_passes_the_capacity(
    store: RegistrationStore, steps: list[tuple[int, int, bool]]
) -> None:
    ids: dict[int, int] = {}
    for who, people, leaves in steps:
        if leaves and who in ids:
            store.cancel(ids[who], 6, NOW)
        else:
            ids[who] = ask(store, f"h{who}", people, 6).id
        assert store.places_taken(EVENT) <= 6


@pytest.mark.parametrize("start", ["=1+1", "+81", "-1", "@x", "\tx", "\rx"])
def test_a_cell_is_never_a_formula(start: str) -> None:
    assert safe_cell(start) == f"'{start}"
    assert write_csv(["名前"], [[start]]).startswith(b"\xef\xbb\xbf")
