"""Group B: every way in which a provider can answer wrongly, late, half or not at all."""

from __future__ import annotations

import math
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from generator.mail.mailer import Limits, Outcome, OutcomeKind
from generator.mail.memory import MemoryMailer
from generator.mail.sendgrid import MAX_OCTETS, request_body
from newsletters.delivery.freeze import freeze_audience
from newsletters.delivery.journal import Journal, guard
from tests.fake_sendgrid.client import Fake
from tests.faults.oracle import Tally
from tests.faults.scene import DAY, Scene, Template, make_template, scene
from tests.faults.world import LONG, Zygote, make_issue, make_world, runs
from tests.newsletters.delivery.office import quiet_worker

pytestmark = pytest.mark.faults
READERS, SIZE = (20_202, 2) if LONG else (600, 20)  # 10,000 requests in the long run
RATE = 0.01 if LONG else 0.1
PATIENT = {"patience": 30, "timeout": 10}
IMPATIENT = {"patience": 30, "timeout": 1}  # where an answer never ends


@pytest.fixture(scope="session")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("at-once"), readers=READERS, size=SIZE, minutes=-1)


@pytest.fixture(scope="session")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("staged"), readers=READERS, size=SIZE, minutes=39)


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("few"), readers=600, size=100, minutes=-1)


@pytest.fixture(scope="session")
def few_staged(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("few-staged"), readers=600, size=100, minutes=35)


@pytest.fixture
def one(few: Template, fake: Fake, sender: Zygote) -> Iterator[Scene]:
    with scene(few, fake, sender) as made:
        yield made


@pytest.fixture
def one_staged(few_staged: Template, fake: Fake, sender: Zygote) -> Iterator[Scene]:
    with scene(few_staged, fake, sender) as made:
        yield made


BROKEN: dict[str, list[dict[str, Any]]] = {
    "B1 accepted, then dropped": [{"kind": "drop-after"}],
    "B2 500 after and before acceptance": [{"kind": "status-after", "code": 500}, {"kind": "status-before", "code": 500}],
    "B2 502 after and before acceptance": [{"kind": "status-after", "code": 502}, {"kind": "status-before", "code": 502}],
    "B2 503 after and before acceptance": [{"kind": "status-after", "code": 503}, {"kind": "status-before", "code": 503}],
    "B2 504 after and before acceptance": [{"kind": "status-after", "code": 504}, {"kind": "status-before", "code": 504}],
    "B4 answer after the deadline": [{"kind": "slow", "seconds": 0.6}],
    "B11 dropped before the body is read": [{"kind": "drop-before"}],
}  # fmt: skip


@pytest.mark.parametrize(("name", "faults"), BROKEN.items())
@pytest.mark.parametrize("early", [True, False], ids=["staged", "at once"])
def test_one_request_in_a_hundred_goes_wrong(
    name: str,
    faults: list[dict[str, Any]],
    early: bool,
    tally: Tally,
    request: pytest.FixtureRequest,
    fake: Fake,
    sender: Zygote,
) -> None:
    if not LONG and early is (len(faults) > 1):  # the small run takes each fault once
        pytest.skip("staged and at once: only in the long run")
    template = request.getfixturevalue("staged" if early else "at_once")
    with scene(template, fake, sender) as one:
        one.begin([{**fault, "rate": RATE} for fault in faults], seed=7)
        timeout = 0.3 if any(fault["kind"] == "slow" for fault in faults) else 10
        one.finish(since=0, times=4, patience=30, timeout=timeout)
        verdict = tally.add(one.verdict())
        assert fake.facts()["requests"] >= 0.97 * READERS / SIZE
        assert verdict.listed + verdict.resolved > 0
        assert one.state() == ("sent" if verdict.listed == 0 else "sending")
        if not early and all("before" not in fault["kind"] for fault in faults):
            assert verdict.listed == 0
    tally.close(f"{name} ({'staged' if early else 'at once'})", "1 % of 10,000 requests")


ONCE: dict[str, dict[str, Any]] = {
    "B10 one byte a second": {"kind": "drip", "seconds": 0.5},
    "B10 endless body": {"kind": "endless-after"},
    "B10 100 MB error body": {"kind": "endless-before", "code": 500},
    "B1 accepted, then dropped": {"kind": "drop-after"},
}


@pytest.mark.parametrize(("name", "fault"), ONCE.items())
def test_up_to_ten_unknown_requests_are_cancelled_and_sent_anew_while_there_is_time(
    name: str,
    fault: dict[str, Any],
    one_staged: Scene,
    tally: Tally,
) -> None:
    one_staged.begin([{**fault, "times": 2}])
    one_staged.finish(since=0, **IMPATIENT)
    verdict = tally.add(one_staged.verdict())
    assert verdict.listed == 0
    assert verdict.resolved >= 200
    assert one_staged.state() == "sent"
    tally.close(f"{name} (two requests, staged)", "bounded time and memory" if "B10" in name else "0/0")


def test_an_unknown_request_with_a_silent_log_is_listed_and_never_sent_again(
    one: Scene, fake: Fake, tally: Tally
) -> None:
    one.begin([{"kind": "drop-after", "times": 2}, {"place": "logs"}])
    one.finish(since=0, **PATIENT)
    before = fake.judge()["mails"]
    assert one.run(7200) == 0
    assert fake.judge()["mails"] == before
    assert one.state() == "needs_review"
    assert tally.add(one.verdict()).listed == 200
    tally.close("B1 accepted, dropped, log silent", "listed")


@pytest.mark.parametrize("skew", [0, 300, -300])
@pytest.mark.parametrize("seconds", ["1–120", None, -5])
def test_a_throttled_sender_waits_for_the_reset(
    seconds: Any,
    skew: float,
    few: Template,
    fake: Fake,
    sender: Zygote,
    tally: Tally,
    request: pytest.FixtureRequest,
) -> None:
    template = request.getfixturevalue("at_once") if LONG else few
    resets = range(1, 121) if seconds == "1–120" else [seconds]
    faults = [
        {"kind": "throttle", "seconds": s, "rate": 0.05, "times": 1 + 120 // len(resets)} for s in resets
    ]
    with scene(template, fake, sender) as one:
        one.begin(faults[:: 1 if LONG else 20], seed=3)
        fake.control(clock_offset=one.offset + skew)
        assert one.run(warp=1, patience=10**6) == 0
        assert tally.add(one.verdict()).listed == 0
        facts = fake.facts()
        assert facts["early"] == 0
        assert 0 < facts["answers"]["429"] == facts["requests"] - facts["answers"]["202"]
    tally.close("B3 429: reset in 1–120 s, none, past; clocks 5 min apart", "5 %")


def test_the_last_request_before_the_limit_is_the_last(
    one: Scene, fake: Fake, sender: Zygote, tally: Tally
) -> None:
    one.begin([{"kind": "limit", "seconds": 7, "rate": 0.8}])
    one.run(
        failpoint="accepted-committed:2", warp=1
    )  # the second sender finds the limit that the first was told
    assert one.run(warp=1, patience=10**6) == 0
    assert tally.add(one.verdict()).listed == 0
    assert fake.facts()["early"] == 0
    assert "429" not in fake.facts()["answers"]
    tally.close("B3 the limit is kept before it is hit", "no request before the reset")


@pytest.mark.parametrize("bad", range(1, 21) if LONG else [3])
@pytest.mark.parametrize("named", [True, False], ids=["named", "not named"])
def test_poison_addresses_are_found_without_many_requests(
    named: bool, bad: int, fake: Fake, sender: Zygote, tmp_path: Any, tally: Tally
) -> None:
    poison = tuple(range(11, 11 + 43 * bad, 43))
    template = make_template(tmp_path / "t", readers=1000, size=1000, minutes=-1, poison=poison)
    with scene(template, fake, sender) as one:
        one.begin([] if named else [{"kind": "nameless"}])
        one.finish(since=0, **PATIENT)
        tally.add(one.verdict())
        assert one.counts()["rejected"] == bad - sum(n % 100 == 0 for n in poison)
        assert fake.facts()["requests"] <= 2 + bad * (3 if named else 2 * math.ceil(math.log2(1000)))
    how = "named by the provider" if named else "found by halving"
    tally.close(f"B5 poison addresses, {how}", "1 to 20 bad of 1,000")


@pytest.mark.parametrize(
    ("letter", "readers"),
    [(10, 3_003), (5_000_000, 3_003), (9_000_000, 3_003), (14_000_000, 700), (14_990_000, 12)],
)
def test_no_request_is_ever_over_the_limits(letter: int, readers: int, tmp_path: Any, tally: Tally) -> None:
    world, sizes = make_world(tmp_path), []
    world.add_readers(readers)
    issue = make_issue(DAY, html="<p>" + "あ" * (letter // 3) + "%%k7f3a9:unsub%%</p>")
    guard(world.engine, Journal(tmp_path / "var"), 1)
    number = freeze_audience(world.engine, issue, issue.submit_at, Limits(1000, MAX_OCTETS), 1)

    class Weighing(MemoryMailer):
        def submit(self, shipment: Any) -> Outcome:
            sizes.append((len(shipment.recipients), len(request_body(shipment))))
            return Outcome(OutcomeKind.ACCEPTED)

    quiet_worker(world, issue, number, Weighing(limits=Limits(1000, MAX_OCTETS))).run()
    assert sum(people for people, _ in sizes) == readers - readers // 100
    assert max(people for people, _ in sizes) <= 1000
    assert max(octets for _, octets in sizes) <= MAX_OCTETS
    tally.add_events(readers - readers // 100)
    world.engine.dispose()
    tally.close("B6 never over 1,000 people or 30 MB", "property")


def test_a_request_that_the_provider_calls_too_large_is_halved(one: Scene, tally: Tally) -> None:
    one.begin([{"kind": "status-before", "code": 413, "times": 3}])
    one.finish(since=0, **PATIENT)
    assert tally.add(one.verdict()).listed == 0
    tally.close("B6 413", "property")


def test_a_revoked_key_pauses_every_worker_at_once_and_a_person_resumes(
    few: Template, fake: Fake, sender: Zygote, tally: Tally
) -> None:
    for seed in range(runs(long=20, short=1)):
        with scene(few, fake, sender) as one:
            one.begin([{"kind": "status-before", "code": 401, "times": 99, "skip": 2}], seed=seed, pace=0.03)
            for _ in range(3):
                one.start(quiet=1)
            assert [sender.wait() for _ in range(3)] == [0, 0, 0]
            assert one.state() == "paused"
            assert fake.facts()["requests"] <= 2 + 3
            fake.control(faults=[], pace=0)
            with one.world.engine.begin() as connection:
                connection.execute(text("UPDATE deliveries SET state = 'sending'"))
            one.finish(**PATIENT)
            assert tally.add(one.verdict()).listed == 0
    tally.close("B7 key revoked, three workers", "≤ 1 request a worker later")


def test_an_answer_of_the_sandbox_is_an_alarm_in_production(one: Scene, tally: Tally) -> None:
    one.begin([{"kind": "status-before", "code": 200, "times": 1}])
    assert one.run() == 0
    assert one.state() == "paused"
    assert tally.add(one.verdict(over=False)).listed == 100
    tally.close("B8 200 in production", "alarm, not sent")


def test_an_acceptance_without_an_id_is_an_acceptance(one: Scene, tally: Tally) -> None:
    one.begin([{"kind": "no-id", "times": 1}])
    one.finish(since=0, **PATIENT)
    assert tally.add(one.verdict()).listed == 0
    tally.close("B8 202 without X-Message-Id", "accepted")


@pytest.mark.parametrize("why", ["too late", "an 11th batch", "not found", "no answer"])
def test_a_cancel_that_is_refused_falls_to_the_log_and_then_to_a_person(
    why: str, one_staged: Scene, fake: Fake, tally: Tally
) -> None:
    refused = {
        "no answer": [{"place": "cancel", "kind": "drop-before"}],
        "not found": [{"place": "cancel"}],
    }.get(why, [])
    one_staged.begin([{"kind": "drop-after", "times": 2}, {"place": "logs"}, *refused])
    if why == "too late":  # the provider's clock is fast
        fake.control(clock_offset=one_staged.offset + 26 * 60)
    elif why == "an 11th batch":
        for _ in range(10):
            batch = fake.ask("POST", "/v3/mail/batch", {})["batch_id"]
            fake.ask("POST", "/v3/user/scheduled_sends", {"batch_id": batch, "status": "cancel"})
    one_staged.finish(since=0, **PATIENT)
    mails = fake.judge()["mails"]
    assert tally.add(one_staged.verdict()).listed == 200
    assert one_staged.run(7200) == 0
    assert fake.judge()["mails"] == mails
    assert one_staged.state() == "needs_review"
    tally.close("B9 cancel refused: too late, 11th batch, not found, no answer", "each; never a blind resend")


@pytest.mark.parametrize("answer", ["refused", "none"])
def test_a_wave_that_cannot_be_cancelled_leaves_only_what_is_unknown_to_a_person(
    answer: str, tmp_path: Path, fake: Fake, sender: Zygote, tally: Tally
) -> None:
    """Thirty requests in ten waves of three: one wave has an unknown request, and two that were accepted."""
    template = make_template(tmp_path, readers=300, size=10, minutes=35)
    with scene(template, fake, sender) as one:
        refusal = {"place": "cancel", "kind": "drop-before"} if answer == "none" else {"place": "cancel"}
        one.begin([{"kind": "drop-after", "times": 1}, {"place": "logs"}, refusal])
        one.finish(since=0, **PATIENT)
        assert tally.add(one.verdict()).listed == (10 if answer == "refused" else 30)
        assert one.run(7200) == 0
        assert one.state() == "needs_review"
    told = {"refused": "cancel refused", "none": "no answer to the cancel"}[answer]
    tally.close(f"B9 one of a wave unknown, {told}", "the others stay accepted when that is certain")


def test_a_cancel_whose_answer_is_lost_is_read_back(
    tmp_path: Path, fake: Fake, sender: Zygote, tally: Tally
) -> None:
    template = make_template(tmp_path, readers=300, size=10, minutes=35)
    with scene(template, fake, sender) as one:
        one.begin(
            [{"kind": "drop-after", "times": 1}, {"place": "logs"}, {"place": "cancel", "kind": "drop-after"}]
        )
        one.finish(since=0, **PATIENT)
        assert tally.add(one.verdict()).listed == 0
        assert one.state() == "sent"
    tally.close("B9 cancelled, but its answer is lost", "read back and sent anew")


def absent(kind: str) -> tuple[str, Any]:
    """Return the address of a provider that is not there, and what must stay open for it."""
    if kind == "no such name":
        return "http://sendgrid.invalid:80", None
    if kind == "refused":
        return "http://127.0.0.1:9", None
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    return f"{'https' if kind == 'no TLS' else 'http'}://127.0.0.1:{port}", listening


@pytest.mark.parametrize("kind", ["no such name", "refused", "no TLS"])
def test_a_provider_that_is_not_there_gets_everything_when_it_is_back(
    kind: str, one: Scene, fake: Fake, tally: Tally
) -> None:
    one.begin()
    host, listening = absent("refused" if kind == "no TLS" else kind)
    host = fake.url.replace("http", "https") if kind == "no TLS" else host
    assert one.run(host=host, patience=1) == 0
    assert "unknown" not in one.counts()
    assert fake.facts()["answers"] == {}
    one.finish(since=400, **PATIENT)
    assert tally.add(one.verdict()).listed == 0
    if listening:
        listening.close()
    tally.close("B11 no such name, refused, no TLS", "not sent, tried again")


def test_a_half_open_connection_is_unknown_and_listed(
    few: Template, fake: Fake, sender: Zygote, tally: Tally
) -> None:
    with scene(few, fake, sender) as one, closing(socket.create_server(("127.0.0.1", 0))) as deaf:
        one.begin()
        assert one.run(host=f"http://127.0.0.1:{deaf.getsockname()[1]}", timeout=0.2) == 0
        assert tally.add(one.verdict()).listed == one.counts()["unknown"] > 0
    tally.close("B11 half-open: taken by nobody, no answer", "listed")


@pytest.mark.parametrize("kind", ["hang-up"])
def test_connections_that_the_server_closes_cost_nothing(
    kind: str, few: Template, fake: Fake, sender: Zygote, tally: Tally, request: pytest.FixtureRequest
) -> None:
    template = request.getfixturevalue("at_once") if LONG else few
    with scene(template, fake, sender) as one:
        one.begin([{"kind": kind, "rate": RATE}])
        one.finish(since=0, **PATIENT)
        assert tally.add(one.verdict()).listed == 0
    tally.close("B11 closed between two requests", "1 %")


@pytest.mark.parametrize("early", [True, False], ids=["staged", "at once"])
def test_a_bad_day_with_everything_at_once(
    early: bool, fake: Fake, sender: Zygote, tally: Tally, request: pytest.FixtureRequest
) -> None:
    template = request.getfixturevalue("staged" if early else "at_once")
    kinds = [*(fault for faults in BROKEN.values() for fault in faults), {"kind": "throttle", "seconds": 1}]
    for seed in range(runs(long=3, short=1)):
        with scene(template, fake, sender) as one:
            one.begin([{**kind, "rate": RATE / 4, "times": 20} for kind in kinds], seed=seed)
            one.finish(since=0, times=8, warp=1, timeout=0.3)
            tally.add(one.verdict())
    tally.close("B all at once", "not asked: every fault above in one issue")
