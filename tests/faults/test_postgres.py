"""C3 and D1: several workers on one PostgreSQL, and a PostgreSQL that is restarted under them."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from generator.mail.mailer import Limits
from newsletters.delivery.freeze import freeze_audience
from newsletters.delivery.journal import Journal, guard
from tests.fake_sendgrid.client import Fake
from tests.faults.oracle import Tally, judge
from tests.faults.world import LONG, World, Zygote, make_issue, make_world, runs
from tests.postgres import PostgresServer

pytestmark = [pytest.mark.faults, pytest.mark.postgres]
PEOPLE_A_REQUEST = 2


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    made = make_world(tmp_path, url=postgres_url)
    yield made
    made.engine.dispose()


def frozen(world: World, requests: int, run: int = 0) -> None:
    """Put an issue of so many requests on its way."""
    if not world.issues:
        world.add_readers(requests * PEOPLE_A_REQUEST * 100 // 99 + 1)
        guard(world.engine, Journal(world.project / "var"), 1)
    issue = make_issue(date(2023, 4, 5) + timedelta(run), submit_at=datetime.now(UTC) - timedelta(minutes=1))
    world.schedule(issue)
    limits = Limits(PEOPLE_A_REQUEST, 30_000_000)
    freeze_audience(world.engine, issue, issue.submit_at, limits, int(time.time()))


@pytest.mark.parametrize("workers", [2, 4, 8])
@pytest.mark.parametrize("part", range(4 if LONG else 1))
def test_many_workers_claim_each_request_once(
    part: int, workers: int, world: World, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    for run in range(runs(long=1, short=1)):
        frozen(world, 10_000 if LONG else 150, run)
        issue = world.issues[-1]
        fake.control(reset=True)
        for _ in range(workers):
            sender.start(world, fake.url)
        assert [sender.wait() for _ in range(workers)] == [0] * workers
        assert tally.add(judge(world, fake, issue)).listed == 0
        assert world.state(issue) == "sent"
        assert fake.facts()["requests"] == len(list(fake.log_lines()))
    tally.close("D1 2, 4, 8 workers race for 10,000 requests (PostgreSQL)", "100 runs")


def test_a_database_that_is_restarted_again_and_again_loses_nothing(
    world: World, postgres_server: PostgresServer, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    frozen(world, 5_000 if LONG else 120)
    issue, over, restarts = world.issues[-1], threading.Event(), []
    fake.control(reset=True, pace=0.04 if LONG else 0.01)

    def restart() -> None:
        choice = random.Random(4)
        while (LONG or len(restarts) < 3) and not over.wait(choice.uniform(5, 40) if LONG else 1):
            postgres_server.restart()
            restarts.append(1)

    thread = threading.Thread(target=restart)
    thread.start()
    try:
        for late in range(400):
            for _ in range(2):
                sender.start(world, fake.url, clock=late * (0 if LONG else 61), quiet=1)
            codes = [sender.wait(), sender.wait()]
            if codes == [0, 0] and late % 2:
                break
    finally:
        over.set()
        thread.join()
    assert restarts
    fake.control(pace=0)
    for late in (61, 122):
        sender.run(world, fake.url, clock=late + 400 * 61, patience=20)
    tally.add(judge(world, fake, issue))
    tally.close("C3 PostgreSQL restarted every 5–40 s", "5,000 requests")
