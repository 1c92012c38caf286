"""Canaries: silence is acted on only when events are proven to come back, and then only where it is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from pydantic import ValidationError
from sqlalchemy import select

from generator.mail.mailer import Limits, Outcome, OutcomeKind
from generator.mail.memory import MemoryMailer
from generator.settings import Settings
from newsletters.delivery.events import store_reading
from newsletters.delivery.freeze import freeze_audience
from newsletters.delivery.journal import Journal, guard
from newsletters.delivery.opening import declared_policies
from newsletters.delivery.policy import Policy, policies_of
from newsletters.delivery.reading import read_events
from newsletters.delivery.report import latest_deliveries, report_of
from newsletters.delivery.states import DeliveryState
from newsletters.delivery.tables import chunks
from newsletters.issue.frozen import FrozenIssue
from tests.faults.test_transitions import newsletter
from tests.faults.world import World, make_issue, make_world
from tests.newsletters.delivery.office import quiet_worker

CANARY = "canary@example.jp"
BEGIN, HOUR = 1_680_000_000, 3600
UNKNOWN, TAKEN = Outcome(OutcomeKind.UNKNOWN, "timeout"), Outcome(OutcomeKind.ACCEPTED)


class Deaf(MemoryMailer):
    """A mailer with a log that never shows anything."""

    def has_seen(self, _mark: str) -> bool:
        return False


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = make_world(tmp_path, url=url)
    made.add_readers(30)
    guard(made.engine, Journal(tmp_path / "var"), BEGIN)
    issue = make_issue(submit_at=datetime.fromtimestamp(BEGIN, UTC))
    made.issues.append(issue)
    freeze_audience(made.engine, issue, issue.submit_at, Limits(10, 30_000_000), BEGIN)
    yield made
    made.engine.dispose()


def run(world: World, mailer: MemoryMailer, at: int, policy: Policy) -> DeliveryState:
    return quiet_worker(
        world, world.issues[0], 1, mailer, clock=lambda: float(at), policies={"magazine": policy}
    ).run()


def canaries(mailer: MemoryMailer) -> list[str]:
    return [s.marks["chunk"] for s in mailer.shipments if s.recipients[0].address == CANARY]


def hear(world: World, position: int, at: int) -> None:
    issue: FrozenIssue = world.issues[0]
    row = {
        "event": "processed", "timestamp": at, "issue": issue.key, "chunk": f"0-{position}", "number": "0",
        "delivery_id": world.keyring.delivery_id(issue.key, 0),
    }  # fmt: skip
    store_reading(world.engine, world.keyring, read_events(orjson.dumps([row])), at)


def unknown_people(world: World) -> int:
    with world.engine.connect() as connection:
        rows = connection.execute(select(chunks.c.size).where(chunks.c.state == "unknown"))
        return sum(rows.scalars())


def test_a_canary_goes_before_and_after_in_requests_of_its_own(world: World) -> None:
    mailer = Deaf()
    assert run(world, mailer, BEGIN, Policy(CANARY)) is DeliveryState.SENT
    assert canaries(mailer) == ["0-1", "0-2"]
    assert all(len(s.recipients) == 1 for s in mailer.shipments if s.marks["chunk"].startswith("0-"))
    run(world, mailer, BEGIN + 60, Policy(CANARY))
    assert len(canaries(mailer)) == 2


def test_no_canary_where_none_is_declared_or_no_event_can_come_back(world: World) -> None:
    mailer = Deaf()
    run(world, mailer, BEGIN, Policy())
    assert canaries(mailer) == []


def test_a_canary_that_was_refused_is_tried_again(world: World) -> None:
    mailer = Deaf([Outcome(OutcomeKind.REJECTED), *[TAKEN] * 20])
    run(world, mailer, BEGIN, Policy(CANARY))
    assert canaries(mailer) == ["0-1"]
    run(world, mailer, BEGIN + 9, Policy(CANARY))
    assert len(canaries(mailer)) == 1


@pytest.mark.parametrize("policy", [Policy(CANARY), Policy(CANARY, resend_after_seconds=24 * HOUR), Policy()])
def test_silence_goes_to_a_person_after_an_hour_whatever_the_policy(world: World, policy: Policy) -> None:
    before = [TAKEN] if policy.canary else []
    mailer = Deaf([*before, TAKEN, UNKNOWN])
    assert run(world, mailer, BEGIN, policy) is DeliveryState.SENDING
    sent = len(mailer.shipments)
    assert run(world, mailer, BEGIN + HOUR, policy) is DeliveryState.NEEDS_REVIEW
    assert len(mailer.shipments) == sent
    assert unknown_people(world) == 10


def test_proven_silence_is_sent_again_only_where_that_is_allowed(world: World) -> None:
    allowed, day = Policy(CANARY, resend_after_seconds=24 * HOUR), BEGIN + 25 * HOUR
    mailer = Deaf([TAKEN, TAKEN, UNKNOWN])
    run(world, mailer, BEGIN, allowed)
    sent = len(mailer.shipments)
    assert run(world, mailer, day, allowed) is DeliveryState.NEEDS_REVIEW
    assert len(mailer.shipments) == sent, "the canary was not heard: silence proves nothing"
    hear(world, 1, BEGIN)
    run(world, mailer, day, allowed)
    assert len(mailer.shipments) == sent, "the canary before the request proves nothing about it"
    hear(world, 2, BEGIN + 5)
    run(world, mailer, day, Policy(CANARY))
    run(world, mailer, BEGIN + 23 * HOUR, allowed)
    assert len(mailer.shipments) == sent
    assert run(world, mailer, day, allowed) is DeliveryState.SENT
    assert len(mailer.shipments) == sent + 1
    assert unknown_people(world) == 0


def test_evidence_that_comes_late_ends_the_review(world: World) -> None:
    mailer = Deaf([TAKEN, UNKNOWN])
    run(world, mailer, BEGIN, Policy())
    run(world, mailer, BEGIN + HOUR, Policy())
    with world.engine.connect() as connection:
        doubtful = connection.execute(select(chunks).where(chunks.c.state == "unknown")).one()
    issue = world.issues[0]
    row = {
        "event": "delivered", "timestamp": BEGIN, "issue": issue.key, "chunk": f"{doubtful.id}-{doubtful.attempt}",
        "number": str(doubtful.low), "delivery_id": world.keyring.delivery_id(issue.key, doubtful.low),
    }  # fmt: skip
    store_reading(world.engine, world.keyring, read_events(orjson.dumps([row])), BEGIN)
    assert run(world, mailer, BEGIN + 2 * HOUR, Policy()) is DeliveryState.SENT


def test_the_report_says_whether_silence_is_evidence(world: World) -> None:
    mailer = Deaf([TAKEN, TAKEN, UNKNOWN])
    run(world, mailer, BEGIN, Policy(CANARY))
    said = []
    for position in (1, 2):
        with world.engine.connect() as connection:
            found = report_of(connection, latest_deliveries(connection)[0])
        said.append((found.canaries_sent, found.canaries_heard, found.silence_is_evidence))
        hear(world, position, BEGIN + 5)
    with world.engine.connect() as connection:
        found = report_of(connection, latest_deliveries(connection)[0])
    said.append((found.canaries_sent, found.canaries_heard, found.silence_is_evidence))
    assert said == [(2, 0, False), (2, 1, False), (2, 2, True)]


def test_an_approved_issue_does_not_wait_for_a_slip_in_the_declarations(tmp_path: Path) -> None:
    settings = Settings(project=tmp_path)
    assert declared_policies(settings) == {}
    settings.content.mkdir()
    (settings.content / "newsletters.yml").write_text("newsletters:\n  - name: magazine\n", encoding="utf-8")
    assert declared_policies(settings) == {}


def test_a_declaration_asks_for_a_canary_before_it_allows_sending_again() -> None:
    declared = newsletter().model_dump()
    with pytest.raises(ValidationError, match="canary"):
        type(newsletter()).model_validate({**declared, "on_unknown": "resend_after(24h)"})
    allowed = type(newsletter()).model_validate(
        {**declared, "on_unknown": "resend_after(24h)", "canary": CANARY}
    )
    assert policies_of([allowed])["magazine"] == Policy(CANARY, 6 * HOUR, 24 * HOUR, allowed.cadence)
    careful = policies_of([newsletter()])["magazine"]
    assert careful == Policy(cadence=newsletter().cadence)
    with pytest.raises(ValidationError):
        type(newsletter()).model_validate({**declared, "on_unknown": "resend"})
