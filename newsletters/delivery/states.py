"""The words of the ledger: one list each, used in code, database, reports and logs alike."""

from __future__ import annotations

from enum import StrEnum


class DeliveryState(StrEnum):
    """An issue on its way: ``sent`` means that the provider took everything that could be handed over."""

    SENDING = "sending"
    PAUSED = "paused"
    NEEDS_REVIEW = "needs_review"
    SENT = "sent"
    STOPPED = "stopped"


class ChunkState(StrEnum):
    """One request and what is certain about it."""

    PENDING = "pending"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    CANCELLING = "cancelling"  # its batch is being cancelled; unknown until that is certain
    REJECTED = "rejected"  # one person, refused by the provider
    WRITTEN_OFF = "written_off"  # a person decided not to send again
    STOPPED = "stopped"
    SPLIT = "split"  # replaced by two children
    VOID = "void"  # certainly never left; replaced by one child


REPLACED = (ChunkState.SPLIT, ChunkState.VOID)
OPEN = (ChunkState.PENDING, ChunkState.CLAIMED, ChunkState.UNKNOWN, ChunkState.CANCELLING)


class FactKind(StrEnum):
    """What is known of one person's mail; each at most once a person and issue."""

    PROCESSED = "processed"
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    BOUNCED = "bounced"  # hard
    BLOCKED = "blocked"  # soft
    DROPPED = "dropped"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    REJECTED = "rejected"  # by the provider, before any event
    LEFT = "left"  # excluded at the claim: unsubscribed since the freeze
    SUPPRESSED = "suppressed"
    ERASED = "erased"
    DUPLICATE = "duplicate"  # the mailbox belongs to another recipient by now
    STRAY = "stray"  # an event of a request that should never have left


EXCLUDED = (FactKind.LEFT, FactKind.SUPPRESSED, FactKind.ERASED, FactKind.DUPLICATE)
