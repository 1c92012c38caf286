"""Groups C and D: the store loses its voice, is restored or copied; many senders, readers and editors act at once."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from generator.errors import RefusedError
from generator.forms.tokens import Tokens
from generator.mail.mailer import Limits, Outcome, OutcomeKind
from generator.mail.memory import MemoryMailer
from generator.settings import Settings
from generator.storage.database import writing
from newsletters.audience.model import Consent, SubscriptionState
from newsletters.audience.store import Audience
from newsletters.delivery import run as run_module
from newsletters.delivery.claim import claim_next, expire_leases
from newsletters.delivery.due import run_due
from newsletters.delivery.freeze import freeze_audience
from newsletters.delivery.journal import Journal
from newsletters.delivery.outcome import settle
from newsletters.delivery.resolve import Decision, decide
from newsletters.delivery.run import Office
from newsletters.delivery.tables import chunks, deliveries, recipients
from newsletters.issue.frozen import FrozenIssue, FrozenVariant, frozen_path, save_frozen
from tests.fake_sendgrid.client import Fake, running_fake
from tests.faults.oracle import Tally, judge
from tests.faults.world import LONG, SECRET, World, Zygote, make_issue, make_world, runs, zygote

pytestmark = pytest.mark.faults
READERS = 5_000 if LONG else 1_200
NOW = 1_680_000_000


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fake]:
    with running_fake(tmp_path_factory.mktemp("fake")) as running:
        yield running


@pytest.fixture(scope="module")
def sender() -> Iterator[Zygote]:
    with zygote() as made:
        yield made


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    (tmp_path / "w").mkdir()
    made = make_world(tmp_path / "w")
    made.add_readers(READERS)
    yield made
    made.engine.dispose()


def issue_now(day: date = date(2023, 4, 5)) -> FrozenIssue:
    return make_issue(day, submit_at=datetime.now(UTC) - timedelta(minutes=1))


def office(world: World, mailer: MemoryMailer) -> Office:
    return Office(
        world.engine, mailer, "https://e.jp/", Tokens([SecretStr(SECRET)]), world.keyring,
        Journal(world.project / "var"), patience_seconds=0, rest=lambda _seconds: None,
    )  # fmt: skip


def mails(mailer: MemoryMailer) -> Counter[str]:
    return Counter(person.delivery_id for shipment in mailer.shipments for person in shipment.recipients)


def test_a_lost_acknowledgement_of_the_outcome_is_asked_again(world: World, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    lost = iter([True, False] * 50)

    def flaky(*arguments: object) -> bool:
        done = settle(*arguments)  # type: ignore[arg-type]
        if next(lost):
            raise OperationalError("commit", {}, Exception("gone"))
        return done

    monkeypatch.setattr(run_module, "settle", flaky)
    mailer = MemoryMailer()
    world.schedule(issue_now())
    run_due(office(world, mailer), world.settings.content)
    assert world.state(world.issues[0]) == "sent"
    assert set(mails(mailer).values()) == {1}


def test_a_full_disk_under_the_journal_stops_before_the_mail(world: World, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    mailer = MemoryMailer()
    world.schedule(issue_now())
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", full)
        with pytest.raises(OSError, match="full"):
            run_due(office(world, mailer), world.settings.content)
    assert mailer.shipments == []
    run_due(replace(office(world, mailer), clock=lambda: time.time() + 10), world.settings.content)
    assert set(mails(mailer).values()) == {1}


@pytest.mark.parametrize("moment", ["before the freeze", "in the middle"])
def test_yesterdays_backup_sends_nothing_by_itself(
    moment: str, world: World, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    issue = issue_now()
    world.schedule(issue)
    database, copy = world.project / "var" / "audience.sqlite3", world.project / "backup.sqlite3"
    fake.control(reset=True, pace=0.1)
    if moment == "in the middle":
        process = sender.start(world, fake.url)
        while not world.counts(issue).get("accepted"):
            time.sleep(0.01)
        os.kill(process, signal.SIGTERM)
        sender.wait()
    else:
        sender.run(world, fake.url, clock=-86_400)  # only writes the install id: nothing is due yesterday
    with closing(sqlite3.connect(database)) as opened:
        opened.execute(f"VACUUM INTO '{copy}'")
    sender.run(world, fake.url)
    sent = fake.judge()["mails"]
    world.engine.dispose()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    shutil.copy(copy, database)
    sender.run(world, fake.url, clock=120)
    assert fake.judge()["mails"] == sent
    assert world.state(issue) == "needs_review"
    tally.add(judge(world, fake, issue))
    tally.close("C5 restored backup")


def test_a_copied_database_refuses_to_send_elsewhere(world: World, fake: Fake, sender: Zygote) -> None:
    issue = issue_now()
    fake.control(reset=True)
    sender.run(world, fake.url)
    world.schedule(issue)
    elsewhere = world.project.parent / "copy"
    shutil.copytree(world.project, elsewhere)
    (elsewhere / "var" / "install-id").unlink()
    copied = World(Settings(project=elsewhere), world.engine, world.keyring)
    assert sender.run(copied, fake.url) == 1
    assert fake.judge()["requests"] == 0


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    (tmp_path / "s").mkdir()
    made = make_world(tmp_path / "s", url=url)
    made.add_readers(READERS * 4)
    yield made
    made.engine.dispose()


def test_many_workers_share_the_chunks_of_one_issue(
    shared: World, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    for run in range(runs(long=100, short=1)):
        issue = issue_now(date(2023, 4, 5) + timedelta(run))
        shared.schedule(issue)
        fake.control(reset=True, pace=0.02)
        workers = 8 if LONG else 4
        for _ in range(workers):
            sender.start(shared, fake.url)
        assert [sender.wait() for _ in range(workers)] == [0] * workers
        assert tally.add(judge(shared, fake, issue)).listed == 0
        assert shared.state(issue) == "sent"
    tally.close(f"D1/D2 many senders at once ({shared.engine.dialect.name})")


def test_who_leaves_while_it_is_sent_gets_nothing_after_the_claim(
    shared: World, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally, audience = Tally(request), Audience(shared.engine, shared.keyring)
    issue = issue_now()
    shared.schedule(issue)
    fake.control(reset=True, pace=0.1)
    sender.start(shared, fake.url)
    while not shared.counts(issue).get("accepted"):
        time.sleep(0.01)
    gone = range(READERS * 4 - 150, READERS * 4, 3)
    for number in gone:
        audience.unsubscribe(number, "magazine", at=1, how="page")
        if number % 2:
            audience.erase(number, at=1)
    sender.wait()
    assert tally.add(judge(shared, fake, issue)).listed == 0
    assert shared.counts(issue).get("excluded", 0) > 0
    tally.close(f"D3 leaving while it is sent ({shared.engine.dialect.name})")


def test_pausing_fifty_times_sends_once(
    world: World, fake: Fake, sender: Zygote, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    issue = issue_now()
    world.schedule(issue)
    fake.control(reset=True, pace=0.05)
    for _ in range(runs(long=100, short=8)):
        sender.start(world, fake.url)
        time.sleep(0.05)
        with writing(world.engine).begin() as connection:
            connection.execute(text("UPDATE deliveries SET state = 'paused' WHERE state = 'sending'"))
        sender.wait()
        with writing(world.engine).begin() as connection:
            connection.execute(text("UPDATE deliveries SET state = 'sending' WHERE state = 'paused'"))
    sender.run(world, fake.url)
    tally.add(judge(world, fake, issue))
    tally.close("D4 pause and resume")


def test_an_issue_that_was_edited_after_approval_is_refused(world: World) -> None:
    issue = issue_now()
    world.schedule(issue)
    variant = FrozenVariant("all", "別の題", issue.variants["all"].html, issue.variants["all"].text)
    changed = replace(issue, variants={**issue.variants, "all": variant})
    save_frozen(changed, frozen_path(world.settings.content, issue.newsletter, issue.issue_date))
    mailer = MemoryMailer()
    with pytest.raises(RefusedError, match="決裁"):
        run_due(office(world, mailer), world.settings.content)
    assert mailer.shipments == []


def test_the_store_itself_refuses_a_second_mail_to_a_person_or_a_mailbox(shared: World) -> None:
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
    assert row.candidates == READERS * 4 - 3
    assert row.recipients == sum(sizes) == row.candidates - READERS * 4 // 100
    assert max(sizes) <= 100


def test_a_late_writer_is_fenced_off(world: World) -> None:
    issue = issue_now()
    run_due(office(world, MemoryMailer()), world.settings.content)
    number = freeze_audience(world.engine, issue, issue.submit_at, Limits(1000, 30_000_000), NOW)
    claim = claim_next(world.engine, number, NOW)
    assert claim is not None
    assert expire_leases(world.engine, number, NOW + 61, repeatable=False) == 1
    assert not settle(world.engine, claim, Outcome(OutcomeKind.ACCEPTED), NOW + 62)
    decide(world.engine, claim.chunk_id, Decision.WRITE_OFF, who="a", why="b", now=NOW + 63)
    with pytest.raises(RefusedError):
        decide(world.engine, claim.chunk_id, Decision.RESEND, who="a", why="b", now=NOW + 63)
