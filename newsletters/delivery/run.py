"""The worker: claim, write the journal, hand over once, write the outcome; then the next."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from generator.failpoints import reach
from generator.forms.tokens import Tokens
from generator.mail.mailer import Mailer, Outcome, OutcomeKind, Shipment
from generator.mail.message import Letter, Recipient, Sender
from newsletters.audience.keyring import Keyring
from newsletters.delivery.claim import LEASE_SECONDS, Claim, claim_next, expire_leases
from newsletters.delivery.journal import Journal
from newsletters.delivery.outcome import settle
from newsletters.delivery.resolve import QUIET_SECONDS, finish, mark_of, resolve_automatically
from newsletters.delivery.staging import stage
from newsletters.delivery.states import ChunkState, DeliveryState
from newsletters.delivery.tables import chunks
from newsletters.issue.frozen import FrozenIssue
from newsletters.links import manage_url, unsubscribe_url

STALE_CLAIM_SECONDS = 10
_NOT_OURS = {"list-unsubscribe", "list-unsubscribe-post", "from", "reply-to", "subject", "date", "message-id"}


@dataclass(frozen=True)
class Office:
    """Everything that a worker works with; ``clock`` gives Unix seconds, ``rest`` sleeps."""

    engine: Engine
    mailer: Mailer
    site_url: str
    tokens: Tokens
    keyring: Keyring
    journal: Journal
    clock: Callable[[], float] = time.time
    rest: Callable[[float], None] = time.sleep
    patience_seconds: float = 150.0
    lease_seconds: int = LEASE_SECONDS
    quiet_seconds: int = QUIET_SECONDS


@dataclass
class Worker:
    """One worker for one issue. ``stop()`` lets the request under way end and claims no more."""

    office: Office
    issue: FrozenIssue
    delivery_id: int
    progress: Callable[[Outcome, int], None] = lambda _outcome, _number: None
    _stopping: bool = False
    _letters: dict[int, Letter] = field(default_factory=dict)
    _manage: bool = False

    def __post_init__(self) -> None:
        mark = self.issue.manage_mark
        self._manage = any(mark in v.html or mark in v.text for v in self.issue.variants.values())

    def stop(self) -> None:
        """Finish what is under way, then end."""
        self._stopping = True

    def run(self) -> DeliveryState:
        """Work until nothing more can be done now; return where the delivery stands."""
        office = self.office
        self._expire()
        resolve_automatically(office.engine, office.mailer, self.delivery_id, self._now())
        stage(office.engine, office.mailer, self.delivery_id, self._now())
        waited = 0.0
        while not self._stopping:
            claim = claim_next(office.engine, self.delivery_id, self._now(), office.lease_seconds)
            wait = self._hand_over(claim) if claim else self._next_moment()
            if wait is None or waited > office.patience_seconds:
                break
            if wait > 0:
                office.rest(min(wait, 120.0))
                waited += wait
            elif claim:
                waited = 0.0
            if claim is None:
                self._expire()
        if not self._stopping and resolve_automatically(
            office.engine, office.mailer, self.delivery_id, self._now()
        ):
            return self.run()
        return finish(office.engine, self.delivery_id, self._now(), office.quiet_seconds)

    def _hand_over(self, claim: Claim) -> float:
        office, begun = self.office, time.monotonic()
        shipment = self._shipment(claim)
        try:
            office.journal.append(claim.epoch, claim.issue, claim.chunk_id, claim.attempt)
        except OSError:
            self._settle(claim, Outcome(OutcomeKind.NOT_SENT, "journal"))
            raise
        if not claim.people:
            outcome = Outcome(OutcomeKind.ACCEPTED, "nobody-left")
        elif time.monotonic() - begun > STALE_CLAIM_SECONDS:
            outcome = Outcome(OutcomeKind.NOT_SENT, "stale-claim")
        else:
            outcome = office.mailer.submit(shipment)
        reach("accepted-uncommitted")
        self._settle(claim, outcome)
        reach("accepted-committed")
        self.progress(outcome, len(claim.people))
        return outcome.wait_seconds

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

    def _shipment(self, claim: Claim) -> Shipment:
        issue, site, tokens = self.issue, self.office.site_url, self.office.tokens
        people = []
        for person in claim.people:
            leave = unsubscribe_url(site, tokens, person.id, claim.newsletter)
            values = {issue.unsubscribe_mark: leave}
            if self._manage:
                values[issue.manage_mark] = manage_url(site, tokens, person.id)
            number = self.office.keyring.delivery_id(claim.issue, person.id)
            people.append(Recipient(number, person.deliverable, values, leave, person.id))
        marks = {"issue": claim.issue, "chunk": mark_of(claim.chunk_id, claim.attempt)}
        now = self._now()
        send_at = claim.send_at if claim.send_at > now + 60 else 0
        letter = self._letter(claim.variant)
        return Shipment(letter, tuple(people), marks, claim.issue, send_at, claim.batch_id if send_at else "")

    def _letter(self, variant: int) -> Letter:
        if variant not in self._letters:
            issue = self.issue
            frozen = issue.variants[sorted(issue.variants)[variant]]
            headers = tuple((k, v) for k, v in issue.headers.items() if k.lower() not in _NOT_OURS)
            reply_to = Sender(issue.reply_to) if issue.reply_to else None
            sender = Sender(issue.sender_address, issue.sender_name)
            self._letters[variant] = Letter(
                sender, frozen.subject, frozen.text, frozen.html, issue.submit_at, reply_to, headers
            )
        return self._letters[variant]

    def _next_moment(self) -> float | None:
        """Return seconds until a chunk may go again; None when none will."""
        waiting = chunks.c.state.in_([ChunkState.PENDING])
        query = select(func.min(chunks.c.not_before)).where(chunks.c.delivery_id == self.delivery_id, waiting)
        with self.office.engine.connect() as connection:
            moment = connection.execute(query).scalar()
        if moment is None:
            return None
        wait = moment - self._now()
        return float(wait) if wait > 0 else None

    def _expire(self) -> None:
        mailer = self.office.mailer
        expire_leases(self.office.engine, self.delivery_id, self._now(), repeatable=mailer.repeatable)

    def _now(self) -> int:
        return int(self.office.clock())
