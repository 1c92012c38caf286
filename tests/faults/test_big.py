"""A3 and A6: a million people under a hundred kills, and a freeze of ten million that is killed in its middle."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from generator.mail.mailer import Limits
from newsletters.delivery.freeze import freeze_audience
from newsletters.delivery.tables import chunks, deliveries, recipients
from tests.fake_sendgrid.client import Fake
from tests.faults.oracle import Tally
from tests.faults.scene import make_template, scene
from tests.faults.world import LONG, World, Zygote, make_issue, make_world, runs

pytestmark = pytest.mark.faults
MILLION, SIZE, KILLS = (1_000_000, 1_000, 100) if LONG else (6_000, 100, 5)
TEN_MILLION = 10_000_000 if LONG else 30_000
MEBIBYTE_KIB = 1024


@pytest.mark.parametrize(
    "minutes", [-1] if not LONG else [-1, 39], ids=["at once", "staged"][: 2 if LONG else 1]
)
def test_a_million_people_and_a_hundred_kills(
    minutes: float, tmp_path: Path, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally, choice, kills, largest = Tally(request), random.Random(3), 0, 0
    template = make_template(tmp_path / "t", readers=MILLION, size=SIZE, minutes=minutes)
    with scene(template, fake, sender) as one:
        one.begin()
        while kills < KILLS and one.state() == "sending":
            process = one.start()
            until = time.monotonic() + choice.random() * (0.8 if LONG else 0.3)
            while time.monotonic() < until:
                largest = max(largest, resident_kib(process))
                time.sleep(0.02)
            os.kill(process, signal.SIGKILL)
            kills += sender.wait() == -signal.SIGKILL
        one.finish(times=12)
        tally.add(one.verdict())
    assert kills >= (KILLS if LONG else 1)
    assert largest < 200 * MEBIBYTE_KIB
    tally.close("A3 1,000,000 people, 100 kills, below 200 MB", "1 issue, ≥ 100 kills")


def resident_kib(process: int) -> int:
    """Return the peak resident memory of a process; 0 when it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


FILL = (
    """INSERT INTO subscribers (id, address, deliverable, mailbox, mailbox_key, created_at)
    WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < :number)
    SELECT n, '', '', n, n * 7919, 0 FROM c""",
    """INSERT INTO subscriptions (newsletter, subscriber_id, state, topics, language, since)
    SELECT 'magazine', id, 'confirmed', '', 'ja', 0 FROM subscribers WHERE id <= :number""",
)


def fill(world: World, number: int) -> None:
    """Make readers by SQL alone; nothing is ever sent to them, so their keys need not be keyed hashes."""
    with world.engine.begin() as connection:
        for statement in FILL:
            connection.execute(text(statement), {"number": number})


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[World]:
    world = make_world(tmp_path / "w")
    fill(world, TEN_MILLION)
    yield world
    world.engine.dispose()


def test_a_freeze_that_is_killed_leaves_nothing_to_send(
    crowd: World, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally, choice = Tally(request), random.Random(6)
    issue = make_issue()
    crowd.schedule(issue)
    fake.control(reset=True)
    for _ in range(runs(long=5, short=3)):
        process = sender.start(crowd, fake.url)
        time.sleep(choice.uniform(3, 40) if LONG else choice.uniform(0.02, 0.1))
        os.kill(process, signal.SIGKILL)
        if sender.wait() == -signal.SIGKILL:
            with crowd.engine.connect() as connection:
                tables = (deliveries, recipients, chunks)
                left = [connection.execute(select(func.count()).select_from(t)).scalar_one() for t in tables]
            assert left == [0, 0, 0]
            assert fake.facts()["requests"] == 0
        tally.add_events(TEN_MILLION)
    number = freeze_audience(crowd.engine, issue, issue.submit_at, Limits(1000, 30_000_000), int(time.time()))
    with crowd.engine.connect() as connection:
        row = connection.execute(select(deliveries).where(deliveries.c.id == number)).one()
        total = connection.execute(select(func.sum(chunks.c.size))).scalar_one()
    assert row.candidates == row.recipients == total == TEN_MILLION
    tally.close("A6 killed in the freeze of 10,000,000", "5")
