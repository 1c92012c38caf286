"""Group F: the webhook as a real server, killed, flooded and lied to."""

from __future__ import annotations

import base64
import contextlib
import http.client
import os
import random
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from generator.failpoints import EVENT_NAMES
from generator.mail.mailer import Limits
from newsletters.audience.tables import suppressions
from newsletters.delivery.freeze import freeze_audience
from newsletters.delivery.journal import Journal, guard
from newsletters.delivery.tables import exclusions, facts, quarantine
from newsletters.issue.frozen import FrozenIssue
from tests.fake_sendgrid.client import Fake
from tests.fake_sendgrid.events import Teller
from tests.faults.hook import Hook, hook
from tests.faults.oracle import Tally
from tests.faults.scene import DAY
from tests.faults.world import LONG, World, Zygote, make_issue, make_world, runs

pytestmark = pytest.mark.faults
COPIES = 46
EVENTS = 1_000_000 if LONG else 4_600
BACKLOG = 2_000_000 if LONG else 6_000


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = make_world(tmp_path / "w", url=url)
    yield made
    made.engine.dispose()


def send(world: World, fake: Fake, sender: Zygote, readers: int, size: int = 100) -> FrozenIssue:
    """Send an issue to so many readers by the fake, which can then tell of it."""
    world.add_readers(readers)
    issue = make_issue(DAY, submit_at=datetime.fromtimestamp(time.time() - 60, UTC))
    world.schedule(issue)
    fake.control(reset=True)
    assert sender.run(world, fake.url, size=size) == 0
    assert world.state(issue) == "sent"
    return issue


def known(world: World) -> dict[tuple[int, str], int]:
    with world.engine.connect() as connection:
        rows = connection.execute(select(facts.c.subscriber_id, facts.c.kind, facts.c.at)).all()
    return {(row.subscriber_id, row.kind): row.at for row in rows}


def test_forty_six_copies_of_everything_over_29_hours_count_once(
    world: World, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    kinds = ["processed", "delivered", "spamreport"]
    readers = max(10, EVENTS // COPIES // len(kinds))
    send(world, fake, sender, readers, size=1000)
    with hook(world, fake.key()) as door:
        door.start()
        told = fake.emit(
            door.url, kinds=kinds, copies=COPIES, shuffle=True, without_ids=0.2, late=True, size=1000
        )
        door.stop()
    assert set(told["statuses"]) == {"204"}
    people = {int(p[1]) for entry in fake.log_lines() for p in entry["people"]}
    words = {"processed": 0, "delivered": 1, "complained": 2}
    found = known(world)
    assert found.keys() == {(number, word) for number in people for word in words}
    first = min(found.values())
    assert all(at - first == words[word] for (_, word), at in found.items())
    with world.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(suppressions)).scalar_one() == len(people)
    tally.add_events(told["events"])
    tally.close(f"F1 events × 46, shuffled, over 29 h ({world.engine.dialect.name})", "1,000,000")


def post(port: int, body: bytes, headers: dict[str, str]) -> int:
    """Post once; 0 when the connection broke before an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", "/sendgrid", body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


@pytest.mark.parametrize("name", EVENT_NAMES)
def test_a_kill_between_signature_store_and_answer_loses_and_doubles_nothing(
    name: str, world: World, request: pytest.FixtureRequest
) -> None:
    tally, teller = Tally(request), Teller()
    times = runs(long=200, short=3)
    world.add_readers(times + 1)
    issue = make_issue(DAY)
    guard(world.engine, Journal(world.project / "var"), 1)
    freeze_audience(world.engine, issue, issue.submit_at, Limits(1000, 30_000_000), 1)
    with hook(world, teller.public_key()) as door:
        for number in range(1, times + 1):
            body = orjson.dumps([event(world, issue, number, "delivered")])
            headers = teller.signed(body, int(time.time()))
            door.start(name)
            assert post(door.port, body, headers) == 0
            assert door.wait() == -signal.SIGKILL
            stored = (number, "delivered") in known(world)
            assert stored is (name == "event-committed")
            door.start()
            assert post(door.port, body, headers) == 204
            door.stop()
            tally.add_events(1)
    assert known(world).keys() == {(number, "delivered") for number in range(1, times + 1)}
    tally.close(
        f"F3 kill -9 between signature, store and 2xx ({world.engine.dialect.name})", "3 places × 200"
    )


def event(world: World, issue: FrozenIssue, number: int, name: str) -> dict[str, Any]:
    return {
        "email": f"p{number}@example.com", "timestamp": 1_680_000_000, "event": name, "sg_event_id": os.urandom(8).hex(),
        "issue": issue.key, "chunk": "1-1", "number": str(number),
        "delivery_id": world.keyring.delivery_id(issue.key, number),
    }  # fmt: skip


def test_a_backlog_of_a_day_is_stored_and_acted_on_before_the_next_issue(
    world: World, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    kinds = ["processed", "bounce"]
    send(world, fake, sender, BACKLOG // len(kinds) * 100 // 99 + 1, size=1000)
    with hook(world, fake.key()) as door:
        door.start()
        begun = time.monotonic()
        told = fake.emit(door.url, kinds=kinds, shuffle=True, size=1000, most=BACKLOG)
        seconds = time.monotonic() - begun
        door.stop()
    assert set(told["statuses"]) == {"204"}
    assert len(known(world)) == told["events"] == BACKLOG
    later = make_issue(DAY.replace(day=12))
    freeze_audience(world.engine, later, later.submit_at, Limits(1000, 30_000_000), 1)
    with world.engine.connect() as connection:
        bounced = connection.execute(
            select(exclusions.c.number).where(exclusions.c.reason == "hard_bounce")
        ).scalar_one()
        people = connection.execute(select(func.count()).where(facts.c.kind == "bounced")).scalar_one()
    assert bounced == people > 0.4 * BACKLOG
    tally.add_events(told["events"])
    print(f"{BACKLOG / seconds:,.0f} events/s")
    tally.close(f"F4 a day's backlog ({world.engine.dialect.name})", "2,000,000 in 30 min")


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
def test_whatever_is_not_signed_is_refused_and_bounded(world: World, request: pytest.FixtureRequest) -> None:
    tally, teller, stranger = Tally(request), Teller(), Teller()
    world.add_readers(5)
    issue = make_issue(DAY)
    guard(world.engine, Journal(world.project / "var"), 1)
    freeze_audience(world.engine, issue, issue.submit_at, Limits(1000, 30_000_000), 1)
    body = orjson.dumps([event(world, issue, 1, "delivered")]) + b"\r\n"
    good = teller.signed(body, 1_680_000_000)
    names = list(good)
    signature = base64.b64decode(good[names[1]])
    step = 1 if LONG else 11
    forged: list[tuple[bytes, dict[str, str]]] = [
        (flipped(body, bit), good) for bit in range(0, len(body) * 8, step)
    ]
    for bit in range(0, len(signature) * 8, step):
        forged.append((body, {**good, names[1]: base64.b64encode(flipped(signature, bit)).decode()}))
    for bit in range(0, 80, step):
        forged.append((body, {**good, names[2]: flipped(b"1680000000", bit).decode("latin-1")}))
    forged += [
        (text, good)
        for text in (body.rstrip(), orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2), b"")
    ]
    forged += [(body, stranger.signed(body, 1_680_000_000)), (body, {})]
    with hook(world, teller.public_key()) as door:
        door.start()
        for text, headers in forged:
            sendable = {k: v for k, v in headers.items() if v.isprintable() and v.strip() == v}
            assert post(door.port, text, sendable) == 403
        assert huge(door, 100_000_000) == 413
        assert post(door.port, body, good) == 204
        assert door.stop() < 200_000
    assert len(known(world)) == 1
    assert not LONG or len(forged) >= 2_000
    tally.add_events(len(forged) + 1)
    tally.close("F5 forged signatures and a body of 100 MB", "≥ 2,000")


def huge(door: Hook, octets: int) -> int:
    """Post an endless body; the answer must come without it being read to the end."""
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=30)
    with contextlib.suppress(OSError):
        connection.request("POST", "/sendgrid", (b"x" * 65_536 for _ in range(octets // 65_536)))
    try:
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 413 if post(door.port, b"", {}) == 403 else 0
    finally:
        connection.close()


@pytest.mark.skipif(not LONG, reason="a rate says nothing on a shared machine: only in the long run")
def test_events_are_stored_as_fast_as_a_large_issue_makes_them(
    world: World, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    from tests.benchmarks.delivery_events import drive_events

    tally, postgres = Tally(request), world.engine.dialect.name == "postgresql"
    rate = 5_600 if postgres else 500
    done = drive_events(world, seconds=60, rate=rate)
    print(f"{done.rate:,.0f} events/s offered and stored, p99 {done.p99:.3f} s")
    assert done.stored == done.offered
    tally.add_events(done.stored)
    name = "postgresql, 5,600/s" if postgres else "sqlite, 500/s"
    tally.close(f"F6 60 s at the full rate ({name}; p99 {done.p99 * 1000:.0f} ms)", "p99 < 1 s")
    assert done.p99 < 1 or os.getloadavg()[0] > 3


def test_the_good_events_of_a_post_are_stored_and_the_odd_one_is_kept(
    world: World, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally, teller, choice = Tally(request), Teller(), random.Random(2)
    world.add_readers(1_100)
    issue = make_issue(DAY)
    guard(world.engine, Journal(world.project / "var"), 1)
    freeze_audience(world.engine, issue, issue.submit_at, Limits(1000, 30_000_000), 1)
    rows: list[Any] = [event(world, issue, n, "delivered") for n in range(1, 1_000)]
    for row in choice.sample(rows, 300):
        del row["sg_event_id"]
    odd = [{"event": "novel", "x": 1}, {"event": "processed"}, 7]
    with hook(world, teller.public_key()) as door:
        door.start()
        for bad in odd:
            body = orjson.dumps([*rows[:500], bad, *rows[500:]])
            assert post(door.port, body, teller.signed(body, int(time.time()))) == 204
        door.stop()
    assert len(known(world)) == 999
    with world.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(quarantine)).scalar_one() == len(odd)
    tally.add_events(3_000)
    tally.close(f"F2 one bad event among 1,000 ({world.engine.dialect.name})", "each")
