"""The worker: claim, write the journal, hand over once, write the outcome; then the next."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from generator.failpoints import reach
from generator.forms.tokens import Tokens
from generator.mail.mailer import Mailer, Outcome, OutcomeKind, Witness
from newsletters.audience.keyring import Keyring
from newsletters.delivery.claim import LEASE_SECONDS, Claim, claim_next, expire_leases, upcoming
from newsletters.delivery.journal import Journal
from newsletters.delivery.outcome import settle
from newsletters.delivery.policy import Policy
from newsletters.delivery.resolve import QUIET_SECONDS, finish, resolve_automatically
from newsletters.delivery.shipping import Packer
from newsletters.delivery.silence import begin_canary, forget_canary, resend_silent
from newsletters.delivery.staging import stage
from newsletters.delivery.states import ChunkState, DeliveryState
from newsletters.delivery.tables import chunks, deliveries
from newsletters.issue.frozen import FrozenIssue

STALE_CLAIM_SECONDS = 10
_MOMENT_SECONDS = 0.02  # another worker was faster; there may be more for us
_HEAD_START_SECONDS = 0.005  # the request itself leaves first
_FORESIGHT_FROM = 100  # people in a request; below, looking ahead costs more than it saves


@dataclass(frozen=True)
class Office:
    """Everything that a worker works with; ``clock`` gives Unix seconds, ``rest`` sleeps."""

    engine: Engine
    mailer: Mailer
    site_url: str
    tokens: Tokens
    keyring: Keyring
    journal: Journal
    policies: Mapping[str, Policy] = field(default_factory=dict)
    clock: Callable[[], float] = time.time
    rest: Callable[[float], None] = time.sleep
    patience_seconds: float = 150.0
    lease_seconds: int = LEASE_SECONDS
    quiet_seconds: int = QUIET_SECONDS

    def policy(self, newsletter: str) -> Policy:
        """Return what may be done for a newsletter; one that is not declared any more gets the careful default."""
        return self.policies.get(newsletter, Policy())


@dataclass
class Worker:
    """One worker for one issue. ``stop()`` lets the request under way end and claims no more."""

    office: Office
    issue: FrozenIssue
    delivery_id: int
    progress: Callable[[Outcome, int], None] = lambda _outcome, _number: None
    _stopping: bool = False

    def __post_init__(self) -> None:
        office = self.office
        self._packer = Packer(self.issue, office.site_url, office.tokens, office.keyring)
        self._policy = office.policy(self.issue.newsletter)

    def stop(self) -> None:
        """Finish what is under way, then end."""
        self._stopping = True

    def run(self) -> DeliveryState:
        """Work until nothing more can be done now; return where the delivery stands."""
        office = self.office
        with _loaded_left_alone(), ThreadPoolExecutor(1) as line:
            self._expire()
            self._resolve()
            while True:
                stage(office.engine, office.mailer, self.delivery_id, self._now())
                self._send_canary()
                self._work(line)
                if self._stopping or not self._resolve():
                    break
        if not self._stopping:
            self._send_canary()
        return finish(office.engine, self.delivery_id, self._now(), office.quiet_seconds)

    def _work(self, line: ThreadPoolExecutor) -> None:
        office, waited = self.office, 0.0
        while not self._stopping:
            begun = time.monotonic()
            claim = claim_next(office.engine, self.delivery_id, self._now(), office.lease_seconds)
            pause = self._hand_over(line, claim, begun) if claim else self._next_moment()
            if pause is None or waited > office.patience_seconds:
                return
            if pause > 0:
                office.rest(min(pause, 120.0))
                waited += pause
            elif claim:
                waited = 0.0
            if claim is None:
                self._expire()

    def _hand_over(self, line: ThreadPoolExecutor, claim: Claim, begun: float) -> float:
        office = self.office
        shipment = self._packer.shipment(claim, self._now())
        try:
            office.journal.append(claim.attempt, claim.issue, claim.chunk_id)
        except OSError:
            self._settle(claim, Outcome(OutcomeKind.NOT_SENT, "journal"))
            raise
        if not claim.people:
            outcome = Outcome(OutcomeKind.ACCEPTED, "nobody-left")
        elif time.monotonic() - begun > STALE_CLAIM_SECONDS:
            outcome = Outcome(OutcomeKind.NOT_SENT, "stale-claim")
        else:
            outcome = self._wait_for(line.submit(office.mailer.submit, shipment), claim)
        reach("accepted-uncommitted")
        self._settle(claim, outcome)
        reach("accepted-committed")
        self.progress(outcome, len(claim.people))
        return outcome.wait_seconds

    def _wait_for(self, answer: Future[Outcome], claim: Claim) -> Outcome:
        """Wait for the answer, and use the time for the next request's links; nothing is claimed for it yet."""
        wait([answer], _HEAD_START_SECONDS)
        if len(claim.people) >= _FORESIGHT_FROM and not answer.done():
            with contextlib.suppress(OperationalError):
                self._packer.foresee(upcoming(self.office.engine, self.delivery_id, self._now()))
        return answer.result()

    def _settle(self, claim: Claim, outcome: Outcome) -> None:
        """Write the outcome; a store that is busy is asked again, since forgetting it would make it unknown."""
        for pause in (0.2, 1.0, 5.0):
            try:
                settle(self.office.engine, claim, outcome, self._now())
            except OperationalError:
                self.office.rest(pause)
            else:
                return
        settle(self.office.engine, claim, outcome, self._now())

    def _resolve(self) -> int:
        office, now = self.office, self._now()
        certain = resolve_automatically(office.engine, office.mailer, self.delivery_id, now)
        after = self._policy.resend_after_seconds
        return certain + (resend_silent(office.engine, self.delivery_id, now, after) if after else 0)

    def _send_canary(self) -> None:
        """Send the copy to our own mailbox, where its events can come back and one is due."""
        office = self.office
        if not self._policy.canary or not isinstance(office.mailer, Witness):
            return
        position = begin_canary(office.engine, self.delivery_id, self._now())
        if position is None:
            return
        outcome = office.mailer.submit(self._packer.canary(self._policy.canary, position))
        if outcome.kind not in {OutcomeKind.ACCEPTED, OutcomeKind.UNKNOWN}:
            forget_canary(office.engine, self.delivery_id, position)

    def _next_moment(self) -> float | None:
        """Return seconds until a chunk may go again; None when none will, or when the delivery is held."""
        query = (
            select(func.min(chunks.c.not_before))
            .join(deliveries, deliveries.c.id == chunks.c.delivery_id)
            .where(
                chunks.c.delivery_id == self.delivery_id,
                chunks.c.state == ChunkState.PENDING,
                deliveries.c.state == DeliveryState.SENDING,
            )
        )
        with self.office.engine.connect() as connection:
            moment = connection.execute(query).scalar()
        return None if moment is None else max(_MOMENT_SECONDS, float(moment - self._now()))

    def _expire(self) -> None:
        mailer = self.office.mailer
        expire_leases(self.office.engine, self.delivery_id, self._now(), repeatable=mailer.repeatable)

    def _now(self) -> int:
        return int(self.office.clock())


@contextlib.contextmanager
def _loaded_left_alone() -> Iterator[None]:
    """Spare the garbage collector what was there before: looking through it again takes a quarter of a worker's time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
