"""Group D: many senders, readers, schedulers and editors act at once."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError

from generator.errors import RefusedError
from generator.mail.mailer import Limits, Outcome, OutcomeKind
from generator.mail.memory import MemoryMailer
from generator.storage.database import writing
from newsletters.audience.model import Consent, SubscriptionState, SuppressionReason
from newsletters.audience.store import Audience
from newsletters.audience.tables import subscribers
from newsletters.delivery.claim import claim_next, expire_leases
from newsletters.delivery.due import run_due
from newsletters.delivery.freeze import freeze_audience
from newsletters.delivery.journal import Journal, guard
from newsletters.delivery.outcome import settle
from newsletters.delivery.resolve import Decision, decide
from newsletters.delivery.tables import chunks, deliveries, recipients
from newsletters.issue.frozen import FrozenIssue, FrozenVariant, frozen_path, save_frozen
from tests.fake_sendgrid.client import Fake
from tests.faults.oracle import Tally, judge
from tests.faults.scene import Template, make_template, scene
from tests.faults.world import LONG, World, Zygote, make_issue, make_world, runs
from tests.newsletters.delivery.office import quiet_office

pytestmark = pytest.mark.faults
NOW = 1_680_000_000
READERS = 40_000 if LONG else 1_500
MOMENTS = 10_000 if LONG else 200


def issue_now(day: date = date(2023, 4, 5)) -> FrozenIssue:
    return make_issue(day, submit_at=datetime.now(UTC) - timedelta(minutes=1))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = make_world(tmp_path / "s", url=url)
    yield made
    made.engine.dispose()


@pytest.fixture(scope="session")
def crumb(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("crumb"), readers=60, size=20, minutes=-1, frozen=False)


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("many"), readers=2_000, size=20, minutes=-1)


@pytest.mark.parametrize("part", range(10 if LONG else 1))
def test_two_schedulers_at_the_same_second_send_one_issue_once(
    part: int, crumb: Template, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    for seed in range(runs(long=100, short=3)):
        with scene(crumb, fake, sender) as one:
            one.begin(seed=seed)
            again = 100 if LONG and seed == 0 else 2
            for _ in range(2):
                one.start(size=20)
            assert [sender.wait(), sender.wait()] == [0, 0]
            for _ in range(again):
                assert one.run(size=20) == 0
            assert tally.add(one.verdict()).listed == 0
            assert one.state() == "sent"
    tally.close("D2 two schedulers at once, then asked again", "1,000; again × 100")


@pytest.mark.parametrize("part", range(10 if LONG else 1))
def test_pausing_fifty_times_sends_once(
    part: int, many: Template, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    for seed in range(runs(long=10, short=1)):
        with scene(many, fake, sender) as one:
            one.begin(seed=seed, pace=0.01)
            for _ in range(50 if LONG else 8):
                one.start()
                time.sleep(0.03)
                turn(one.world.engine, "sending", "paused")
                sender.wait()
                turn(one.world.engine, "paused", "sending")
            fake.control(pace=0)
            one.finish()
            assert tally.add(one.verdict()).listed == 0
    tally.close("D4 paused and resumed 50 times", "100")


def turn(engine: Engine, before: str, after: str) -> None:
    with writing(engine).begin() as connection:
        connection.execute(update(deliveries).where(deliveries.c.state == before).values(state=after))


class Leaving:
    """Somebody leaves, complains, is erased or moves at random moments; whoever did so before their claim is noted."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.audience = Audience(world.engine, world.keyring)
        self.out: set[int] = set()
        self.moved: set[int] = set()

    def act(self, number: int) -> None:
        match self.random.randrange(4):
            case 0:
                self.audience.unsubscribe(number, "magazine", at=1, how="page")
            case 1:
                self.audience.suppress(f"p{number}@example.com", SuppressionReason.COMPLAINT, at=1)
            case 2:
                self.audience.erase(number, at=1)
            case _:
                self.move(number)
                if self.is_waiting(number):
                    self.moved.add(number)
                return
        if self.is_waiting(number):
            self.out.add(number)

    def move(self, number: int) -> None:
        mailbox = f"m{number}@example.com"
        key = self.world.keyring.mailbox_key(mailbox)
        values = {"address": mailbox, "deliverable": mailbox, "mailbox": mailbox, "mailbox_key": key}
        with writing(self.world.engine).begin() as connection:
            connection.execute(update(subscribers).where(subscribers.c.id == number).values(values))

    def is_waiting(self, number: int) -> bool:
        """Whether the request of this reader was not yet claimed, nor being claimed, after what they did was committed."""
        query = (
            select(chunks.c.state)
            .join(
                recipients,
                (recipients.c.variant == chunks.c.variant)
                & (recipients.c.delivery_id == chunks.c.delivery_id),
            )
            .where(
                recipients.c.subscriber_id == number,
                recipients.c.subscriber_id.between(chunks.c.low, chunks.c.high),
            )
        )
        with self.world.engine.begin() as connection:  # PostgreSQL: wait for a claim under way
            return list(connection.execute(query.with_for_update(of=chunks)).scalars()) == ["pending"]


def test_whoever_leaves_while_it_is_sent_gets_nothing_after_the_claim(
    shared: World, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally, leaving, issue = Tally(request), Leaving(shared, 5), issue_now()
    shared.add_readers(READERS)
    shared.schedule(issue)
    guard(shared.engine, Journal(shared.project / "var"), 1)
    freeze_audience(shared.engine, issue, issue.submit_at, Limits(100, 30_000_000), int(time.time()))
    fake.control(reset=True, pace=0.1)
    numbers = random.Random(6).sample(range(1, READERS), MOMENTS)
    thread = threading.Thread(target=lambda: [leaving.act(number) for number in numbers])
    thread.start()
    for _ in range(2):
        sender.start(shared, fake.url)
    thread.join()
    fake.control(pace=0)
    assert [sender.wait(), sender.wait()] == [0, 0]
    assert tally.add(judge(shared, fake, issue)).listed == 0
    addresses = {int(p[1]): p[2] for e in fake.log_lines() for p in e["people"]}
    assert leaving.out
    assert not leaving.out & addresses.keys()
    assert all(addresses[n].startswith("m") for n in leaving.moved & addresses.keys())
    assert shared.counts(issue).get("excluded", 0) >= len(
        leaving.out - {n for n in leaving.out if n % 100 == 0}
    )
    tally.close(f"D3 leaving while it is sent ({shared.engine.dialect.name})", "10,000 random moments")


def test_an_issue_that_was_edited_after_approval_is_refused(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    tally, world, issue, mailer = Tally(request), make_world(tmp_path), issue_now(), MemoryMailer()
    world.add_readers(300)
    world.schedule(issue)
    variant = FrozenVariant("all", "別の題", issue.variants["all"].html, issue.variants["all"].text)
    changed = replace(issue, variants={**issue.variants, "all": variant})
    path = frozen_path(world.settings.content, issue.newsletter, issue.issue_date)
    save_frozen(changed, path)
    with pytest.raises(RefusedError, match="決裁"):
        run_due(quiet_office(world, mailer), world.settings.content)
    save_frozen(issue, path)
    stopping = MemoryMailer([Outcome(OutcomeKind.UNAUTHORIZED)])
    run_due(quiet_office(world, stopping), world.settings.content)
    save_frozen(replace(issue, audience=replace(issue.audience, language="en")), path)
    with pytest.raises(RefusedError, match="決裁"):
        run_due(quiet_office(world, mailer), world.settings.content)
    assert mailer.shipments == []
    world.engine.dispose()
    tally.add_events(300)
    tally.close("D5 content or audience rule edited after approval", "refused")


def test_the_store_itself_refuses_a_second_mail_to_a_person_or_a_mailbox(shared: World) -> None:
    shared.add_readers(500)
    issue = issue_now()
    number = freeze_audience(shared.engine, issue, issue.submit_at, Limits(1000, 30_000_000), NOW)
    assert freeze_audience(shared.engine, issue, issue.submit_at, Limits(1000, 30_000_000), NOW) == number
    with shared.engine.connect() as connection:
        first = connection.execute(select(recipients).limit(1)).one()
    again = {"delivery_id": number, "variant": 0}
    for extra in (
        {"subscriber_id": first.subscriber_id, "mailbox_key": 1},
        {"subscriber_id": -1, "mailbox_key": first.mailbox_key},
    ):
        with pytest.raises(IntegrityError), shared.engine.begin() as connection:
            connection.execute(recipients.insert().values(**again, **extra))


def test_every_candidate_is_a_recipient_or_excluded_for_a_reason(shared: World) -> None:
    shared.add_readers(500)
    audience = Audience(shared.engine, shared.keyring)
    for number in (1, 2, 3):
        audience.unsubscribe(number, "magazine", at=1, how="page")
    consent = Consent(1, "form", "agree")
    audience.subscribe("n@example.com", "magazine", consent, state=SubscriptionState.UNCONFIRMED)
    audience.subscribe("o@example.com", "overseas", consent, state=SubscriptionState.CONFIRMED)
    issue = issue_now()
    number = freeze_audience(shared.engine, issue, issue.submit_at, Limits(100, 30_000_000), NOW)
    with shared.engine.connect() as connection:
        row = connection.execute(select(deliveries).where(deliveries.c.id == number)).one()
        sizes = list(connection.execute(select(chunks.c.size)).scalars())
    assert row.candidates == 500 - 3
    assert row.recipients == sum(sizes) == row.candidates - 5
    assert max(sizes) <= 100


def test_a_late_writer_is_fenced_off(tmp_path: Path) -> None:
    world, issue = make_world(tmp_path), issue_now()
    world.add_readers(300)
    guard(world.engine, Journal(tmp_path / "var"), NOW)
    number = freeze_audience(world.engine, issue, issue.submit_at, Limits(1000, 30_000_000), NOW)
    claim = claim_next(world.engine, number, NOW)
    assert claim is not None
    assert expire_leases(world.engine, number, NOW + 61, repeatable=False) == 1
    assert not settle(world.engine, claim, Outcome(OutcomeKind.ACCEPTED), NOW + 62)
    decide(world.engine, claim.chunk_id, Decision.WRITE_OFF, who="a", why="b", now=NOW + 63)
    with pytest.raises(RefusedError):
        decide(world.engine, claim.chunk_id, Decision.RESEND, who="a", why="b", now=NOW + 63)
    world.engine.dispose()
