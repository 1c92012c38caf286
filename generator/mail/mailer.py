"""What every mailer promises: one shipment in, one honest outcome out, and never a retry of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from generator.errors import RefusedError, ServiceError
from generator.mail.message import Letter, Recipient


class OutcomeKind(StrEnum):
    """What is certain after a request, in the words of the ledger."""

    ACCEPTED = "accepted"  # the provider has taken all of it
    NOT_SENT = "not_sent"  # certain: nothing has left; try again
    THROTTLED = "throttled"  # certain: nothing was taken; wait
    REJECTED = "rejected"  # certain: the request was refused for whom it goes to
    TOO_LARGE = "too_large"  # certain: refused for its size
    UNAUTHORIZED = "unauthorized"  # certain: refused for who we are; stop
    UNFIT = "unfit"  # certain: refused for what every mail of it shares (sender, subject, moment); stop
    ALARM = "alarm"  # an answer that must never come in production; stop
    UNKNOWN = "unknown"  # it may have left: never try again blindly


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of a mailer; ``reason`` names no person. Nobody sends for ``wait_seconds``: the provider said so.

    ``places`` are those of the recipients in the shipment, from 0, for whom it was rejected, where that was told.
    """

    kind: OutcomeKind
    reason: str = ""
    provider_id: str = ""
    wait_seconds: float = 0.0
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one shipment may hold."""

    recipients: int
    octets: int


@dataclass(frozen=True, slots=True)
class Shipment:
    """One request: a letter, the people it goes to, and marks that come back in events.

    ``send_at`` (Unix seconds) and ``batch_id`` only mean something to a mailer that is a ``Stager``.
    """

    letter: Letter
    recipients: tuple[Recipient, ...]
    marks: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""
    send_at: int = 0
    batch_id: str = ""


@runtime_checkable
class Mailer(Protocol):
    """Takes shipments. ``repeatable``: sending the same shipment twice leaves one mail (files do)."""

    name: str
    limits: Limits
    repeatable: bool

    def submit(self, shipment: Shipment) -> Outcome:
        """Hand one shipment over; raises nothing that the outcome can say."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class Cancelling(StrEnum):
    """What became of the wish to cancel a batch."""

    DONE = "done"  # read back: nothing of the batch leaves
    REFUSED = "refused"  # answered with a refusal, and read back: the batch stands as it was
    UNCERTAIN = "uncertain"  # no clear answer to one of the two questions


@runtime_checkable
class Stager(Protocol):
    """A mailer that takes mail early and can still be told not to send it."""

    def new_batch(self) -> str:
        """Return a fresh batch id; raises ``ServiceError``."""
        ...

    def cancel(self, batch_id: str) -> Cancelling:
        """Cancel a batch and read back what became of it."""
        ...


@runtime_checkable
class Witness(Protocol):
    """A mailer that can be asked whether it ever saw a mark."""

    def has_seen(self, mark: str) -> bool:
        """Return whether the provider's log holds the mark; False proves nothing."""
        ...


@runtime_checkable
class KeyHolder(Protocol):
    """A mailer whose key was given rights by a provider."""

    def scopes(self) -> frozenset[str]:
        """Return the provider's names of what the key may do; raises ``ServiceError``, or ``RefusedError`` for a bad key."""
        ...


def send_one(mailer: Mailer, letter: Letter, recipient: Recipient, *, folder: str = "") -> Outcome:
    """Send one letter to one person (a confirmation, an edit link); raise unless it was accepted."""
    outcome = mailer.submit(Shipment(letter, (recipient,), folder=folder))
    match outcome.kind:
        case OutcomeKind.ACCEPTED:
            return outcome
        case OutcomeKind.REJECTED | OutcomeKind.TOO_LARGE | OutcomeKind.UNFIT:
            raise RefusedError(
                f"{recipient.delivery_id}: メールが受け付けられませんでした（{outcome.reason}）"
            )
        case _:
            raise ServiceError(
                f"{recipient.delivery_id}: メールを渡せませんでした（{outcome.kind}: {outcome.reason}）"
            )
