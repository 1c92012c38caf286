"""Group A: senders are killed, drained, frozen and woken late. Nobody gets two mails, nobody is forgotten."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from generator.failpoints import NAMES
from tests.fake_sendgrid.client import Fake
from tests.faults.oracle import Tally
from tests.faults.scene import Scene, Template, make_template, scene
from tests.faults.world import LONG, Zygote, runs

pytestmark = pytest.mark.faults
READERS = 20_000 if LONG else 1_500
SIZE = 1_000 if LONG else 150
FEW, FEW_SIZE = (5_000, 250) if LONG else (1_200, 100)
ONCE = {"before-connect", "cancel-sent", "finish-begun"}
PARTS = 10 if LONG else 1


@pytest.fixture(scope="session")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("at-once"), readers=READERS, size=SIZE, minutes=-1)


@pytest.fixture(scope="session")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("staged"), readers=READERS, size=SIZE, minutes=35)


@pytest.fixture(scope="session")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder = tmp_path_factory.mktemp("poisoned")
    spread = tuple(range(77, READERS, READERS // 8))  # a request is split seven times and more
    return make_template(folder, readers=READERS, size=SIZE, minutes=-1, poison=spread)


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("few"), readers=FEW, size=FEW_SIZE, minutes=-1)


@pytest.fixture(scope="session", params=[-1, 35], ids=["at once", "staged"])
def unfrozen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder = tmp_path_factory.mktemp("unfrozen")
    return make_template(folder, readers=FEW, size=FEW_SIZE, minutes=request.param, frozen=False)


@pytest.mark.parametrize("name", NAMES)
def test_a_kill_at_each_named_place_harms_nobody(
    name: str,
    at_once: Template,
    staged: Template,
    poisoned: Template,
    fake: Fake,
    sender: Zygote,
    request: pytest.FixtureRequest,
) -> None:
    tally = Tally(request)
    for seed in range(runs(long=50, short=2)):
        early = name == "cancel-sent" or (seed % 2 == 1 and name != "split-begun")
        template = staged if early else poisoned if name == "split-begun" else at_once
        with scene(template, fake, sender) as one:
            one.begin([{"kind": "drop-after", "times": 3, "skip": seed % 3}] if early else [], seed=seed)
            count = 1 if name in ONCE else 1 + seed % 7
            assert one.run(failpoint=f"{name}:{count}") == -signal.SIGKILL
            one.finish()
            assert tally.add(one.verdict()).listed == 0 or not early
    tally.close("A1 kill -9 at 12 named places", "12 places × 50 seeds, 20,000 people")


@pytest.mark.parametrize("part", range(PARTS))
def test_kills_at_random_moments_harm_nobody(
    part: int, unfrozen: Template, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally, choice = Tally(request), random.Random(part)
    kills = 0
    for seed in range(runs(long=500, short=4) // PARTS):
        with scene(unfrozen, fake, sender) as one:
            one.begin(seed=seed, pace=0.02)
            for _ in range(choice.randint(1, 20 if LONG else 5)):
                process = one.start(size=FEW_SIZE)
                time.sleep(choice.random() * 0.4)
                os.kill(process, signal.SIGKILL)
                kills += sender.wait() == -signal.SIGKILL
                if one.state() == "sent":
                    break
            fake.control(pace=0)
            one.finish(size=FEW_SIZE)
            tally.add(one.verdict())
    assert kills > 0
    tally.close("A2 kill -9 at random moments", "1,000 issues × 1–20 kills, 5,000 people")


def test_a_polite_stop_leaves_nothing_unknown(
    few: Template, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    for seed in range(runs(long=100, short=2)):
        with scene(few, fake, sender) as one:
            one.begin(seed=seed, pace=0.05)
            process = one.start()
            one.wait_for("claimed")
            os.kill(process, signal.SIGTERM)
            assert sender.wait() == 0
            assert not {"claimed", "unknown"} & one.counts().keys()
            fake.control(pace=0)
            one.finish()
            assert tally.add(one.verdict()).listed == 0
    tally.close("A4 SIGTERM drains", "0 unknown")


def test_a_sleeper_that_wakes_after_its_lease_writes_nothing(
    few: Template, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    for seed in range(runs(long=100, short=2)):
        with scene(few, fake, sender) as one:
            one.begin(seed=seed, pace=0.05)
            sleep_through_the_lease(one, seconds=0)
            tally.add(one.verdict())
    tally.close("A5 asleep for 5 minutes, beyond the lease", "100 times")


@pytest.mark.skipif(not LONG, reason="five real minutes: only in the long run")
def test_a_sleeper_of_five_real_minutes_writes_nothing(
    few: Template, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    with scene(few, fake, sender) as one:
        one.begin(pace=0.05)
        sleep_through_the_lease(one, seconds=300)
        tally.add(one.verdict())
    tally.close("A5 asleep for 5 minutes, beyond the lease", "100 times")


def sleep_through_the_lease(one: Scene, *, seconds: float) -> None:
    """Stop a sender in the middle of a request; another takes over, with its clock five minutes on; wake the first."""
    sleeper = one.start()
    one.wait_for("claimed")
    os.kill(sleeper, signal.SIGSTOP)
    time.sleep(seconds)
    other = one.start(300 - seconds)
    while Path(f"/proc/{other}/stat").read_text().split()[2] != "Z":
        time.sleep(0.01)
    os.kill(sleeper, signal.SIGCONT)
    one.sender.wait()
    one.sender.wait()
    one.fake.control(pace=0)
    one.finish(since=361)
