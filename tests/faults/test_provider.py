"""Group B: every way in which a provider can answer wrongly, late, half or not at all."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from newsletters.issue.frozen import FrozenIssue
from tests.fake_sendgrid.client import Fake, running_fake
from tests.faults.oracle import Tally, Verdict, judge
from tests.faults.world import LONG, World, Zygote, make_issue, make_world, runs, zygote

pytestmark = pytest.mark.faults
READERS = 20_000 if LONG else 3_000
RUNS = runs(long=100, short=1)
RATE = 0.1 if LONG else 0.4


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
    folder = tmp_path_factory.mktemp("template")
    world = make_world(folder)
    world.add_readers(READERS)
    world.engine.dispose()
    return folder


@dataclass
class Stage:
    """A world, a fake and a sender, and one issue on its way between them."""

    world: World
    fake: Fake
    sender: Zygote
    issue: FrozenIssue = field(init=False)

    def begin(self, minutes: float, faults: list[dict[str, Any]], *, seed: int = 1) -> None:
        self.issue = make_issue(date(2023, 4, 5), submit_at=datetime.now(UTC) + timedelta(minutes=minutes))
        self.world.schedule(self.issue)
        self.fake.control(reset=True, seed=seed, faults=faults)

    def send(self, times: int = 5, **options: Any) -> Verdict:
        for _ in range(times):
            assert (
                self.sender.run(self.world, self.fake.url, **{"patience": 30, "timeout": 1, **options}) == 0
            )
            if not {"pending", "claimed"} & self.world.counts(self.issue).keys():
                break
        return judge(self.world, self.fake, self.issue)


@pytest.fixture
def stage(template: Path, tmp_path: Path, fake: Fake, sender: Zygote) -> Iterator[Stage]:
    shutil.copytree(template, tmp_path / "w")
    world = make_world(tmp_path / "w")
    yield Stage(world, fake, sender)
    world.engine.dispose()


CERTAIN = {
    "B1 accepted, then dropped": {"kind": "drop-after"},
    "B2 500 after acceptance": {"kind": "status-after", "code": 500},
    "B2 502 before acceptance": {"kind": "status-before", "code": 502},
    "B2 503 before acceptance": {"kind": "status-before", "code": 503},
    "B2 504 after acceptance": {"kind": "status-after", "code": 504},
    "B4 answer after the deadline": {"kind": "slow", "seconds": 2},
    "B10 one byte a second": {"kind": "drip", "seconds": 0.5},
    "B10 endless body": {"kind": "endless-after"},
    "B11 dropped before the body is read": {"kind": "drop-before"},
}


STAGED = CERTAIN if LONG else dict(list(CERTAIN.items())[:3])
AT_ONCE = CERTAIN if LONG else dict(list(CERTAIN.items())[5:])


@pytest.mark.parametrize(("name", "fault"), STAGED.items())
def test_an_unknown_request_is_cancelled_and_sent_anew_while_there_is_time(
    name: str, fault: dict[str, Any], stage: Stage, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    stage.begin(35, [{**fault, "times": 2}])
    verdict = tally.add(stage.send())
    assert verdict.listed == 0
    assert verdict.resolved > 0
    assert stage.world.state(stage.issue) == "sent"
    tally.close(f"{name} (staged)")


@pytest.mark.parametrize(("name", "fault"), AT_ONCE.items())
def test_an_unknown_request_without_time_is_proven_or_listed(
    name: str, fault: dict[str, Any], stage: Stage, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    stage.begin(-1, [{**fault, "times": 2}])
    verdict = tally.add(stage.send(2))
    arrived = "after" in fault["kind"] or fault["kind"] in {"slow", "drip"}
    assert (verdict.listed == 0) is arrived
    tally.close(f"{name} (at once)")


def test_an_unknown_request_with_a_silent_log_is_listed_and_never_sent_again(
    stage: Stage, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    stage.begin(-1, [{"kind": "drop-after", "times": 2}, {"place": "logs"}])
    stage.send(3)
    before = stage.fake.judge()["mails"]
    assert stage.sender.run(stage.world, stage.fake.url, clock=7200) == 0
    assert stage.fake.judge()["mails"] == before
    assert stage.world.state(stage.issue) == "needs_review"
    assert tally.add(judge(stage.world, stage.fake, stage.issue)).listed == 2000
    tally.close("B1 accepted, dropped, log silent")


@pytest.mark.parametrize("seconds", [None, 2, -5])
def test_a_throttled_sender_waits_for_the_reset(
    seconds: int | None, stage: Stage, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    stage.begin(-1, [{"kind": "throttle", "seconds": seconds, "times": 2}])
    assert tally.add(stage.send()).listed == 0
    judged = stage.fake.judge()
    assert judged["early"] == 0
    assert judged["answers"]["429"] == 2
    tally.close("B3 429")


@pytest.mark.parametrize("bad", [1, 3, 20] if LONG else [3])
def test_poison_addresses_are_found_without_many_requests(
    bad: int, tmp_path: Path, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    world = make_world(tmp_path)
    world.add_readers(900, poison=tuple(range(11, 11 + 43 * bad, 43)))
    stage = Stage(world, fake, sender)
    stage.begin(-1, [])
    tally.add(stage.send())
    assert world.counts(stage.issue)["rejected"] == bad
    assert fake.judge()["requests"] <= 2 + 2 * bad * math.ceil(math.log2(1000))
    world.engine.dispose()
    tally.close("B5 poison addresses")


def test_a_revoked_key_pauses_at_once_and_a_person_resumes(
    stage: Stage, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    stage.begin(-1, [{"kind": "status-before", "code": 401, "times": 1, "skip": 1}])
    assert stage.sender.run(stage.world, stage.fake.url) == 0
    assert stage.world.state(stage.issue) == "paused"
    assert stage.fake.judge()["requests"] == 2
    with stage.world.engine.begin() as connection:
        connection.execute(text("UPDATE deliveries SET state = 'sending'"))
    assert tally.add(stage.send()).listed == 0
    tally.close("B7 key revoked")


def test_an_answer_of_the_sandbox_is_an_alarm_in_production(stage: Stage) -> None:
    stage.begin(-1, [{"kind": "no-id", "code": 200, "times": 1}])
    assert stage.sender.run(stage.world, stage.fake.url) == 0
    assert stage.world.state(stage.issue) == "paused"


def test_an_acceptance_without_an_id_is_an_acceptance(stage: Stage, request: pytest.FixtureRequest) -> None:
    tally = Tally(request)
    stage.begin(-1, [{"kind": "no-id", "times": 1}])
    assert tally.add(stage.send()).listed == 0
    tally.close("B8 202 without X-Message-Id")


def test_a_cancel_that_is_refused_falls_to_the_log_and_then_to_a_person(
    stage: Stage, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    stage.begin(35, [{"kind": "drop-after", "times": 2}, {"place": "cancel"}, {"place": "logs"}])
    assert tally.add(stage.send()).listed == 2000
    tally.close("B9 cancel refused")


def test_a_provider_that_is_not_there_gets_everything_when_it_is_back(
    stage: Stage, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    stage.begin(-1, [])
    assert stage.sender.run(stage.world, "http://127.0.0.1:9", patience=1) == 0
    assert "unknown" not in stage.world.counts(stage.issue)
    assert tally.add(stage.send(clock=400)).listed == 0
    tally.close("B11 connection refused")


@pytest.mark.parametrize("seed", range(RUNS))
def test_a_bad_day_with_everything_at_once(seed: int, stage: Stage, request: pytest.FixtureRequest) -> None:
    tally = Tally(request)
    kinds = [
        {"kind": "drop-after"},
        {"kind": "drop-before"},
        {"kind": "status-after", "code": 502},
        {"kind": "status-before", "code": 500},
        {"kind": "throttle", "seconds": 1},
    ]
    stage.begin(35 if seed % 2 == 0 else -1, [{**k, "rate": RATE / 5, "times": 2} for k in kinds], seed=seed)
    tally.add(stage.send(10))
    tally.close("B all at once")
