"""Group A and E: senders die, are stopped and wake up late; clocks jump. Nobody gets two mails, nobody is forgotten."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from generator.failpoints import NAMES
from newsletters.issue.frozen import FrozenIssue
from tests.fake_sendgrid.client import Fake, running_fake
from tests.faults.oracle import Tally, judge
from tests.faults.world import LONG, World, Zygote, make_issue, make_world, runs, zygote

pytestmark = pytest.mark.faults
READERS = 5_000 if LONG else 1_500
DAY = date(2023, 4, 5)


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fake]:
    with running_fake(tmp_path_factory.mktemp("fake")) as running:
        yield running


@pytest.fixture(scope="module")
def sender() -> Iterator[Zygote]:
    with zygote() as made:
        yield made


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with readers, made once and copied for each run."""
    folder = tmp_path_factory.mktemp("template")
    world = make_world(folder)
    world.add_readers(READERS, poison=(77,))
    world.engine.dispose()
    return folder


def copied(template: Path, folder: Path) -> World:
    shutil.copytree(template, folder)
    return make_world(folder)


def issue_at(minutes: float, day: date = DAY) -> FrozenIssue:
    return make_issue(day, submit_at=datetime.now(UTC) + timedelta(minutes=minutes))


def finish(world: World, fake: Fake, sender: Zygote, issue: FrozenIssue) -> None:
    """Run senders as the timer would, until there is nothing left to do by themselves."""
    for clock in (61, 122, 183, 245, 306):
        assert sender.run(world, fake.url, clock=clock, patience=20) == 0
        if world.state(issue) == "sent" or not {"pending", "claimed"} & world.counts(issue).keys():
            return


@pytest.mark.parametrize("name", NAMES)
def test_a_kill_at_each_named_place_harms_nobody(
    name: str, template: Path, tmp_path: Path, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    once = {"before-connect", "cancel-sent", "finish-begun"}
    counts = (1,) if name in once else (1, 2, 3) if LONG else (2,)
    seeds = max(2, runs(long=50, short=2) // len(counts))
    killed = 0
    for count in counts:
        with zygote(f"{name}:{count}") as doomed:
            for seed in range(seeds):
                staged = name == "cancel-sent" or seed % 2 == 1
                world = copied(template, tmp_path / f"{count}-{seed}")
                issue = issue_at(35 if staged else -1)
                world.schedule(issue)
                faults = [{"kind": "drop-after", "times": 3, "skip": seed % 3}] if staged else []
                fake.control(reset=True, seed=seed, faults=faults)
                killed += doomed.run(world, fake.url) == -signal.SIGKILL
                finish(world, fake, sender, issue)
                verdict = tally.add(judge(world, fake, issue))
                assert verdict.listed == 0 or not staged
                world.engine.dispose()
                shutil.rmtree(world.project)
    assert killed == len(tally.verdicts)
    tally.close("A1 kill -9 at 12 named places")


def test_kills_at_random_moments_harm_nobody(
    template: Path, tmp_path: Path, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally, choice = Tally(request), random.Random(2)
    world = copied(template, tmp_path / "w")
    kills = 0
    for number in range(runs(long=1000, short=10)):
        issue = issue_at(-1 if number % 2 else 35, DAY + timedelta(number))
        fake.control(reset=True, seed=number, pace=0.02)
        world.schedule(issue)
        for _ in range(choice.randint(1, 20 if LONG else 4)):
            pid = sender.start(world, fake.url)
            time.sleep(choice.random() * 0.4)
            os.kill(pid, signal.SIGKILL)
            kills += sender.wait() == -signal.SIGKILL
        finish(world, fake, sender, issue)
        tally.add(judge(world, fake, issue))
        with world.engine.begin() as connection:  # what is listed stays listed; the next issue starts alone
            connection.exec_driver_sql("UPDATE issues SET state = 'submitted'")
    assert kills > 0
    world.engine.dispose()
    tally.close("A2 kill -9 at random moments")


def test_a_polite_stop_leaves_nothing_unknown(
    template: Path, tmp_path: Path, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    for seed in range(runs(long=100, short=2)):
        world, issue = copied(template, tmp_path / str(seed)), issue_at(-1)
        world.schedule(issue)
        fake.control(reset=True, seed=seed, pace=0.1)
        pid = sender.start(world, fake.url)
        while not world.counts(issue).get("claimed"):
            time.sleep(0.01)
        os.kill(pid, signal.SIGTERM)
        assert sender.wait() == 0
        assert not {"claimed", "unknown"} & world.counts(issue).keys()
        finish(world, fake, sender, issue)
        assert tally.add(judge(world, fake, issue)).listed == 0
        world.engine.dispose()
    tally.close("A4 SIGTERM drains")


def test_a_sleeper_that_wakes_after_its_lease_writes_nothing(
    template: Path, tmp_path: Path, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    for seed in range(runs(long=100, short=2)):
        world, issue = copied(template, tmp_path / str(seed)), issue_at(-1)
        world.schedule(issue)
        fake.control(reset=True, seed=seed, pace=0.1)
        sleeper = sender.start(world, fake.url)
        while not world.counts(issue).get("claimed"):
            time.sleep(0.01)
        os.kill(sleeper, signal.SIGSTOP)
        pid = sender.start(world, fake.url, clock=300)
        while Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z":
            time.sleep(0.02)
        os.kill(sleeper, signal.SIGCONT)
        sender.wait()
        sender.wait()
        finish(world, fake, sender, issue)
        tally.add(judge(world, fake, issue))
        world.engine.dispose()
    tally.close("A5 asleep beyond the lease")


@pytest.mark.parametrize(("hours", "state"), [(0.08, "sent"), (5, "sent"), (72, "needs_review")])
def test_a_host_that_was_down_sends_late_but_not_very_late(
    hours: float, state: str, template: Path, tmp_path: Path, fake: Fake, sender: Zygote
) -> None:
    world, issue = copied(template, tmp_path / "w"), issue_at(-hours * 60)
    world.schedule(issue)
    fake.control(reset=True)
    sender.run(world, fake.url)
    assert world.state(issue) == state
    assert (fake.judge()["mails"] == 0) is (state == "needs_review")
    world.engine.dispose()


@pytest.mark.parametrize("jump", [-3600, 86_400])
def test_a_clock_that_jumps_sends_nothing_twice(
    jump: int, template: Path, tmp_path: Path, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    world, issue = copied(template, tmp_path / "w"), issue_at(-1)
    world.schedule(issue)
    fake.control(reset=True, pace=0.05)
    pid = sender.start(world, fake.url)
    while not world.counts(issue).get("accepted"):
        time.sleep(0.01)
    os.kill(pid, signal.SIGTERM)
    sender.wait()
    sender.run(world, fake.url, clock=jump)
    finish(world, fake, sender, issue)
    assert tally.add(judge(world, fake, issue)).listed == 0
    world.engine.dispose()
    tally.close("E1 the clock jumps")
