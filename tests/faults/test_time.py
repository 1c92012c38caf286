"""Group E: clocks that jump, hosts that were down, moments at the edges of what may be asked for."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from generator.clock import TOKYO
from newsletters.delivery.due import due_issues
from tests.fake_sendgrid.client import Fake
from tests.faults.oracle import Tally
from tests.faults.scene import DAY, Template, make_template, scene
from tests.faults.world import LONG, World, Zygote, make_issue, make_world, runs

pytestmark = pytest.mark.faults
READERS, SIZE = (5_000, 250) if LONG else (900, 100)
HOUR = 3600


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("few"), readers=READERS, size=SIZE, minutes=-1)


@pytest.fixture(scope="module")
def unfrozen(tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder = tmp_path_factory.mktemp("unfrozen")
    return make_template(folder, readers=READERS, size=SIZE, minutes=-1, frozen=False)


@pytest.mark.parametrize("jump", [-HOUR, 24 * HOUR, -0.7], ids=["back 1 h", "forward 1 day", "a step of NTP"])
def test_a_clock_that_jumps_sends_nothing_twice(
    jump: float, few: Template, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    for seed in range(runs(long=34, short=1)):
        with scene(few, fake, sender) as one:
            one.begin(seed=seed, pace=0.02)
            process = one.start()
            one.wait_for("accepted")
            os.kill(process, signal.SIGTERM)
            sender.wait()
            fake.control(pace=0)
            assert one.run(jump) == 0
            one.finish(since=max(jump, 0) + 61)
            assert tally.add(one.verdict()).listed == 0
    tally.close("E1 the clock jumps", "100")


@pytest.mark.parametrize(
    ("late", "state"),
    [
        (5 * 60, "sent"),
        (5 * HOUR, "sent"),
        (6 * HOUR - 120, "sent"),
        (6 * HOUR + 60, "needs_review"),
        (72 * HOUR, "needs_review"),
    ],
)
def test_a_host_that_was_down_sends_late_but_not_very_late(
    late: float, state: str, unfrozen: Template, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    with scene(unfrozen, fake, sender) as one:
        one.begin()
        assert one.run(late) == 0
        assert one.state() == state
        verdict = tally.add(one.verdict(over=state == "sent"))
        assert verdict.waiting == (0 if state == "sent" else verdict.recipients)
        assert (fake.facts()["requests"] == 0) is (state != "sent")
    tally.close("E2 down for 5 min, 5 h, 3 days", "each")


@pytest.mark.parametrize(
    "seconds", [-5, 0, 59, 61, 900, 901, 2399, 2400, 72 * HOUR - 60, 72 * HOUR, 72 * HOUR + 1]
)
def test_no_moment_is_ever_asked_for_that_the_provider_refuses(
    seconds: int, tmp_path: Path, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    template = make_template(tmp_path / "t", readers=50, size=20, minutes=seconds / 60, frozen=False)
    with scene(template, fake, sender) as one:
        one.begin()
        assert one.run(size=20) == 0
        due = seconds <= 40 * 60
        assert one.state() == ("sent" if due else "none")
        assert set(fake.facts()["answers"]) <= {"202"}
        if due:
            assert tally.add(one.verdict()).listed == 0
            moments = {entry["send_at"] for entry in fake.log_lines() if "send_at" in entry}
            assert moments == {int(template.issue.submit_at.timestamp()) if seconds > 60 else 0}
        else:
            fake.control(clock_offset=one.offset + seconds - 2400 + 5)
            assert one.run(seconds - 2400 + 5, size=20) == 0
            assert fake.facts()["answers"].keys() == {"202"}
            assert tally.add(one.verdict()).listed == 0
    tally.close("E3 send_at at its edges", "each")


MOMENTS = [
    "2023-12-31T23:59", "2024-01-01T00:00", "2024-01-01T08:59", "2024-01-01T09:00", "2024-02-28T23:59", "2024-02-29T00:00",
    "2024-02-29T10:53", "2024-03-01T00:00", "2023-03-31T23:59", "2023-04-01T00:00", "2023-04-05T08:59", "2023-04-05T09:01",
]  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = make_world(tmp_path / "w", url=url)
    yield made
    made.engine.dispose()


def test_an_issue_is_due_at_its_local_minute_and_not_a_second_before(
    world: World, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    for number, written in enumerate(MOMENTS):
        local = datetime.fromisoformat(written).replace(tzinfo=TOKYO)
        issue = replace(make_issue(DAY + timedelta(number)), submit_at=local)
        world.schedule(issue)
        moment = int(local.timestamp())
        assert datetime.fromtimestamp(moment, UTC) + timedelta(hours=9) == local.replace(tzinfo=UTC)
        assert issue.key not in {due.key for due in due_issues(world.engine, moment - 1, 0)}
        (due,) = [due for due in due_issues(world.engine, moment, 0) if due.key == issue.key]
        assert due.submit_at.astimezone(TOKYO).strftime("%Y-%m-%dT%H:%M") == written
        tally.add_events(1)
    tally.close("E4 Tokyo and UTC day borders, year end, leap day", "all")
