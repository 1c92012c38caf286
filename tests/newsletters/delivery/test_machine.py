"""Any sequence of claims, answers, crashes, pauses, leavings, events and decisions against a small model."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select, update

from generator.mail.mailer import Limits, Outcome, OutcomeKind
from generator.storage.database import open_database, writing
from newsletters.audience.keyring import make_keyring
from newsletters.audience.store import Audience
from newsletters.delivery.claim import Claim, claim_next, expire_leases
from newsletters.delivery.freeze import freeze_audience
from newsletters.delivery.journal import Journal, guard
from newsletters.delivery.outcome import settle
from newsletters.delivery.report import counts_of
from newsletters.delivery.resolve import Decision, accept_on_evidence, decide, finish
from newsletters.delivery.states import REPLACED, ChunkState, DeliveryState
from newsletters.delivery.tables import chunks, deliveries
from newsletters.tables import metadata
from tests.faults.world import World, make_issue

READERS = 24
NEVER_LEFT = [OutcomeKind.NOT_SENT, OutcomeKind.THROTTLED, OutcomeKind.REJECTED, OutcomeKind.TOO_LARGE]


class Ledger(RuleBasedStateMachine):
    """``mails`` is what the outside world has; ``allowed`` is how many each person may have."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        self.engine = open_database(f"sqlite:///{folder}/a.sqlite3")
        metadata.create_all(self.engine)
        keyring = make_keyring(b"k")
        self.world = World(None, self.engine, keyring)  # type: ignore[arg-type]
        self.world.add_readers(READERS)
        self.audience = Audience(self.engine, keyring)
        guard(self.engine, Journal(folder), 0)
        issue = make_issue(date(2023, 4, 5), submit_at=datetime(2023, 4, 5, tzinfo=UTC))
        self.now = 1_000
        self.number = freeze_audience(self.engine, issue, issue.submit_at, Limits(5, 30_000_000), self.now)
        self.mails: Counter[int] = Counter()
        self.resent: Counter[int] = Counter()
        self.gone: set[int] = set()
        self.sleeping: list[Claim] = []

    def claim(self) -> Claim | None:
        claim = claim_next(self.engine, self.number, self.now)
        if claim:
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
            self.sleeping += [claim] if wakes else []

    @rule()
    def wake_too_late(self) -> None:
        if self.sleeping and self.now > 0:
            self.now += 61
            expire_leases(self.engine, self.number, self.now, repeatable=False)
            assert not settle(self.engine, self.sleeping.pop(), Outcome(OutcomeKind.NOT_SENT), self.now)

    @rule(seconds=st.integers(-50, 400))
    def clock(self, seconds: int) -> None:
        self.now = max(1_000, self.now + seconds)
        expire_leases(self.engine, self.number, self.now, repeatable=False)

    @rule(number=st.integers(1, READERS), erased=st.booleans())
    def leave(self, number: int, erased: bool) -> None:
        if number not in self.gone:
            self.audience.unsubscribe(number, "magazine", at=self.now, how="page")
            self.gone.add(number)
            if erased:
                self.audience.erase(number, at=self.now)

    @rule(pick=st.integers(0, 20), decision=st.sampled_from(Decision))
    def person_decides(self, pick: int, decision: Decision) -> None:
        unknown = self.unknown()
        if unknown:
            row = unknown[pick % len(unknown)]
            decide(self.engine, row.id, decision, who="a", why="b", now=self.now)
            if decision is Decision.RESEND:
                self.resent.update(range(row.low, row.high + 1))

    @rule(pick=st.integers(0, 20))
    def evidence(self, pick: int) -> None:
        arrived = [r for r in self.unknown() if any(self.mails[n] for n in range(r.low, r.high + 1))]
        if arrived:
            row = arrived[pick % len(arrived)]
            with writing(self.engine).begin() as connection:
                accept_on_evidence(connection, {row.id: row.attempt}, self.now)

    @rule(state=st.sampled_from([DeliveryState.PAUSED, DeliveryState.SENDING]))
    def hold_or_go_on(self, state: DeliveryState) -> None:
        with writing(self.engine).begin() as connection:
            connection.execute(
                update(deliveries).where(deliveries.c.state.in_(["sending", "paused"])).values(state=state)
            )
        if state is DeliveryState.PAUSED:
            assert claim_next(self.engine, self.number, self.now) is None

    @rule()
    def close(self) -> None:
        if finish(self.engine, self.number, self.now) is DeliveryState.SENT:
            assert not self.open_chunks()

    def unknown(self) -> list:  # type: ignore[type-arg]
        with self.engine.connect() as connection:
            return list(connection.execute(select(chunks).where(chunks.c.state == ChunkState.UNKNOWN)))

    def open_chunks(self) -> list:  # type: ignore[type-arg]
        with self.engine.connect() as connection:
            rows = connection.execute(select(chunks).where(chunks.c.state.not_in(REPLACED))).all()
        return [r for r in rows if r.state in {"pending", "claimed", "unknown"}]

    @invariant()
    def nobody_gets_a_second_mail_that_no_person_asked_for(self) -> None:
        if hasattr(self, "mails"):
            assert all(count <= 1 + self.resent[number] for number, count in self.mails.items())

    @invariant()
    def the_counts_add_up(self) -> None:
        if hasattr(self, "number"):
            with self.engine.connect() as connection:
                total = connection.execute(select(deliveries.c.recipients)).scalar_one()
                assert sum(counts_of(connection, self.number).values()) == total == READERS

    @invariant()
    def whoever_was_accepted_has_a_mail(self) -> None:
        if not hasattr(self, "number"):
            return
        with self.engine.connect() as connection:
            rows = connection.execute(select(chunks).where(chunks.c.state == ChunkState.ACCEPTED)).all()
        for row in rows:
            got = sum(1 for n in range(row.low, row.high + 1) if self.mails[n])
            assert got >= 1 or row.excluded == row.size

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()
            self.folder.cleanup()


TestLedger = Ledger.TestCase
TestLedger.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
