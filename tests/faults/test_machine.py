"""D6: any sequence of what can happen to a delivery, against a model that knows who has which mail."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import Row, select, update

from generator.mail.mailer import Limits, Outcome, OutcomeKind
from generator.storage.database import open_database, writing
from newsletters.approval import Act, ApprovalDesk
from newsletters.audience.keyring import make_keyring
from newsletters.audience.store import Audience
from newsletters.delivery.claim import Claim, claim_next, expire_leases
from newsletters.delivery.events import store_reading
from newsletters.delivery.freeze import freeze_audience
from newsletters.delivery.hold import change_state
from newsletters.delivery.journal import Journal, guard
from newsletters.delivery.outcome import settle
from newsletters.delivery.reading import read_events
from newsletters.delivery.report import counts_of
from newsletters.delivery.resolve import Decision, accept_on_evidence, decide, finish
from newsletters.delivery.states import OPEN, ChunkState, DeliveryState
from newsletters.delivery.tables import chunks, deliveries
from newsletters.store import IssueStore
from newsletters.tables import issues, metadata
from tests.faults.oracle import Tally
from tests.faults.scene import MEMORY
from tests.faults.test_transitions import newsletter
from tests.faults.world import LONG, World, make_issue

pytestmark = pytest.mark.faults
READERS, BEGIN = 24, 1_680_000_000
ISSUE = make_issue(date(2023, 4, 5), submit_at=datetime(2023, 4, 5, tzinfo=UTC))
AT = datetime.fromtimestamp(BEGIN, UTC)
NEVER_LEFT = [OutcomeKind.NOT_SENT, OutcomeKind.THROTTLED, OutcomeKind.REJECTED, OutcomeKind.TOO_LARGE]
KEYRING = make_keyring(b"k")
PARTS, EXAMPLES, STEPS = (10, 1_000, 100) if LONG else (1, 15, 30)


def fresh_database() -> Path:
    """Make the tables and readers once; every example copies the file."""
    folder = Path(tempfile.mkdtemp(prefix="koho-machine-", dir=MEMORY if MEMORY.is_dir() else None))
    engine = open_database(f"sqlite:///{folder}/audience.sqlite3")
    metadata.create_all(engine)
    World(None, engine, KEYRING).add_readers(READERS)  # type: ignore[arg-type]
    ApprovalDesk(IssueStore(engine)).submit_for_approval(ISSUE, Act("a", AT))
    engine.dispose()
    return folder


class Ledger(RuleBasedStateMachine):
    """``mails`` is what the outside world has; ``asked`` is how many more a person asked for."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=self.template))
        self.database = self.folder / "audience.sqlite3"
        shutil.copy(self.template / "audience.sqlite3", self.database)
        self.now, self.number = BEGIN, 0
        self.journal = Journal(self.folder)
        self.mails: Counter[int] = Counter()
        self.asked: Counter[int] = Counter()
        self.gone: set[int] = set()
        self.sleeping: list[tuple[Claim, int]] = []
        self.backup: tuple[Path, set[int]] | None = None
        self.open()

    def open(self) -> None:
        self.engine = open_database(f"sqlite:///{self.database}")
        self.audience = Audience(self.engine, KEYRING)
        guard(self.engine, self.journal, self.now)

    def issue_state(self) -> str:
        with self.engine.connect() as connection:
            return str(connection.execute(select(issues.c.state)).scalar_one())

    @precondition(lambda self: self.number == 0)
    @rule()
    def approve(self) -> None:
        if self.issue_state() == "in_review":
            ApprovalDesk(IssueStore(self.engine)).approve(ISSUE, Act("b", AT), shown=ISSUE.fingerprint)

    @precondition(lambda self: self.number == 0)
    @rule()
    def schedule(self) -> None:
        if self.issue_state() == "approved":
            moment = AT + timedelta(days=2)
            ApprovalDesk(IssueStore(self.engine)).schedule(ISSUE, newsletter(), moment, Act("b", AT))

    @precondition(lambda self: self.number == 0)
    @rule()
    def freeze(self) -> None:
        if self.issue_state() == "scheduled":
            hold = "restored" if self.journal.mentions(ISSUE.key) else ""
            limits = Limits(5, 30_000_000)
            self.number = freeze_audience(self.engine, ISSUE, ISSUE.submit_at, limits, self.now, hold=hold)

    def claim(self) -> Claim | None:
        claim = claim_next(self.engine, self.number, self.now) if self.number else None
        if claim:
            self.journal.append(claim.attempt, claim.issue, claim.chunk_id)
            assert not {p.id for p in claim.people} & self.gone
        return claim

    @rule()
    def sent(self) -> None:
        if claim := self.claim():
            self.mails.update(p.id for p in claim.people)
            assert settle(self.engine, claim, Outcome(OutcomeKind.ACCEPTED), self.now)

    @rule(kind=st.sampled_from(NEVER_LEFT))
    def refused(self, kind: OutcomeKind) -> None:
        if claim := self.claim():
            assert settle(self.engine, claim, Outcome(kind), self.now)

    @rule(arrived=st.booleans())
    def no_answer(self, arrived: bool) -> None:
        if claim := self.claim():
            self.mails.update(p.id for p in claim.people if arrived)
            assert settle(self.engine, claim, Outcome(OutcomeKind.UNKNOWN), self.now)

    @rule(arrived=st.booleans(), wakes=st.booleans())
    def crash(self, arrived: bool, wakes: bool) -> None:
        if claim := self.claim():
            self.mails.update(p.id for p in claim.people if arrived)
            self.sleeping += [(claim, self.now)] if wakes else []

    @rule()
    def wake_too_late(self) -> None:
        if self.sleeping and self.number:
            claim, then = self.sleeping.pop()
            self.now = max(self.now, then) + 61
            expire_leases(self.engine, self.number, self.now, repeatable=False)
            assert not settle(self.engine, claim, Outcome(OutcomeKind.NOT_SENT), self.now)

    @rule(seconds=st.sampled_from([-3600, -1, 30, 400, 86_400]))
    def clock_jumps(self, seconds: int) -> None:
        self.now = max(BEGIN, self.now + seconds)
        if self.number:
            expire_leases(self.engine, self.number, self.now, repeatable=False)

    @rule(number=st.integers(1, READERS), erased=st.booleans())
    def leave(self, number: int, erased: bool) -> None:
        if number not in self.gone:
            self.audience.unsubscribe(number, "magazine", at=self.now, how="page")
            self.gone.add(number)
            if erased:
                self.audience.erase(number, at=self.now)

    @precondition(lambda self: self.number)
    @rule(number=st.integers(1, READERS), kind=st.sampled_from(["spamreport", "bounce", "delivered"]))
    def event(self, number: int, kind: str) -> None:
        row = {
            "event": kind, "timestamp": self.now, "issue": ISSUE.key, "chunk": "999-1", "number": str(number),
            "delivery_id": KEYRING.delivery_id(ISSUE.key, number),
        }  # fmt: skip
        store_reading(self.engine, KEYRING, read_events(orjson.dumps([row])), self.now)
        if kind != "delivered":
            self.gone.add(number)

    @rule(pick=st.integers(0, 20), decision=st.sampled_from(Decision))
    def person_decides(self, pick: int, decision: Decision) -> None:
        if unknown := self.chunks_in(ChunkState.UNKNOWN):
            row = unknown[pick % len(unknown)]
            decide(self.engine, row.id, decision, who="a", why="b", now=self.now)
            if decision is Decision.RESEND:
                self.asked.update(range(row.low, row.high + 1))

    @rule(pick=st.integers(0, 20))
    def evidence(self, pick: int) -> None:
        arrived = [
            r
            for r in self.chunks_in(ChunkState.UNKNOWN)
            if any(self.mails[n] for n in range(r.low, r.high + 1))
        ]
        if arrived:
            row = arrived[pick % len(arrived)]
            with writing(self.engine).begin() as connection:
                accept_on_evidence(connection, [(row.id, row.attempt)], self.now)

    @precondition(lambda self: self.number)
    @rule(state=st.sampled_from([DeliveryState.PAUSED, DeliveryState.SENDING]))
    def hold_or_go_on(self, state: DeliveryState) -> None:
        with writing(self.engine).begin() as connection:
            connection.execute(
                update(deliveries).where(deliveries.c.state.in_(["sending", "paused"])).values(state=state)
            )
        if state is DeliveryState.PAUSED:
            assert claim_next(self.engine, self.number, self.now) is None

    @precondition(lambda self: self.number)
    @rule(really=st.integers(0, 9))
    def cancel(self, really: int) -> None:
        if really == 0 and self.delivery().state in {"sending", "paused"}:
            change_state(self.engine, ISSUE.key, DeliveryState.STOPPED, who="a", why="b", now=self.now)
            assert not self.chunks_in(ChunkState.PENDING)

    @rule()
    def back_up(self) -> None:
        self.engine.dispose()
        copy = self.folder / "backup.sqlite3"
        shutil.copy(self.database, copy)
        self.backup = copy, set(self.gone)
        self.open()

    @precondition(lambda self: self.backup is not None)
    @rule(really=st.integers(0, 2))
    def restore(self, really: int) -> None:
        if really or self.backup is None:
            return
        claims = self.count_of_claims()
        self.engine.dispose()
        shutil.copy(self.backup[0], self.database)
        self.gone, self.sleeping = set(self.backup[1]), []
        self.open()
        with self.engine.connect() as connection:
            self.number = connection.execute(select(deliveries.c.id)).scalar() or 0
        if self.number and claims > self.backup_claims:
            assert self.delivery().state not in {"sending", "paused"}

    @property
    def backup_claims(self) -> int:
        engine = open_database(f"sqlite:///{self.folder / 'backup.sqlite3'}")
        with engine.connect() as connection:
            found = int(connection.exec_driver_sql("SELECT epoch FROM ledger").scalar_one())
        engine.dispose()
        return found

    def count_of_claims(self) -> int:
        with self.engine.connect() as connection:
            return int(connection.exec_driver_sql("SELECT epoch FROM ledger").scalar_one())

    @precondition(lambda self: self.number)
    @rule()
    def a_person_resumes(self) -> None:
        if self.delivery().state == "needs_review" and not self.chunks_in(ChunkState.UNKNOWN):
            change_state(self.engine, ISSUE.key, DeliveryState.SENDING, who="a", why="b", now=self.now)

    @precondition(lambda self: self.number)
    @rule()
    def close(self) -> None:
        if finish(self.engine, self.number, self.now) is DeliveryState.SENT:
            assert not self.chunks_in(*OPEN)

    def delivery(self) -> Row[tuple[object, ...]]:
        with self.engine.connect() as connection:
            return connection.execute(select(deliveries)).one()

    def chunks_in(self, *states: ChunkState) -> list[Row[tuple[object, ...]]]:
        with self.engine.connect() as connection:
            return list(connection.execute(select(chunks).where(chunks.c.state.in_(states))))

    @invariant()
    def nobody_gets_a_second_mail_that_no_person_asked_for(self) -> None:
        if hasattr(self, "mails"):
            assert all(count <= 1 + self.asked[number] for number, count in self.mails.items())

    @invariant()
    def the_counts_add_up(self) -> None:
        if getattr(self, "number", 0):
            delivery = self.delivery()
            with self.engine.connect() as connection:
                assert sum(counts_of(connection, self.number).values()) == delivery.recipients

    @invariant()
    def whoever_was_accepted_has_a_mail(self) -> None:
        if getattr(self, "number", 0):
            for row in self.chunks_in(ChunkState.ACCEPTED):
                got = sum(1 for n in range(row.low, row.high + 1) if self.mails[n])
                assert got >= 1 or row.excluded == row.size

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()
            shutil.rmtree(self.folder)


@pytest.mark.parametrize("part", range(PARTS))
def test_the_ledger_agrees_with_the_model(part: int, request: pytest.FixtureRequest) -> None:
    tally, template = Tally(request), fresh_database()
    machine = seed(part)(type("Machine", (Ledger,), {"template": template}))
    examples = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck),
        database=None,
    )  # fmt: skip
    case = machine.TestCase
    case.settings = examples
    try:
        case().runTest()
    finally:
        shutil.rmtree(template, ignore_errors=True)
    tally.add_events(EXAMPLES * READERS, runs=EXAMPLES)
    tally.close("D6 any sequence, against a model", "10,000 examples × 100 steps")
