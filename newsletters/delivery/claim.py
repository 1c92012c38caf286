"""Takes one chunk for one worker, durably, and looks once more at who must not be written to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    case,
    delete,
    exists,
    insert,
    null,
    or_,
    select,
    update,
)

from generator.failpoints import reach
from generator.storage.database import writing
from newsletters.audience.model import SubscriptionState
from newsletters.audience.store import EVERY
from newsletters.audience.tables import subscribers, subscriptions, suppressions
from newsletters.delivery.states import EXCLUDED, ChunkState, DeliveryState, FactKind
from newsletters.delivery.tables import chunks, deliveries, facts, ledger, recipients

LEASE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Person:
    """A recipient as they are at the claim; the address is not for logs."""

    id: int
    deliverable: str

    def __repr__(self) -> str:
        """Show the number alone."""
        return f"Person({self.id})"


@dataclass(frozen=True, slots=True)
class Claim:
    """A chunk that is ours for a while; ``fence`` proves it when the outcome is written.

    ``attempt`` is the ledger's count of claims, so that no two requests of this installation bear the same mark, even
    when a restored backup gives a chunk's number a second time.
    """

    chunk_id: int
    delivery_id: int
    issue: str
    newsletter: str
    variant: int
    attempt: int
    fence: int
    people: tuple[Person, ...]
    batch_id: str
    send_at: int


def claim_next(
    engine: Engine, delivery_id: int, now: int, lease_seconds: int = LEASE_SECONDS
) -> Claim | None:
    """Claim the next chunk that may go, or return None; on return the claim is on disk.

    Several workers may call this at once: SQLite takes the write lock, PostgreSQL skips locked rows.
    """
    with writing(engine).begin() as connection:
        delivery = connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one()
        if delivery.state != DeliveryState.SENDING:
            return None
        next_chunk = _pending(delivery_id, now).with_for_update(skip_locked=True)
        chunk = connection.execute(next_chunk).one_or_none()
        if chunk is None:
            return None
        people, excluded = _look_again(connection, chunk, delivery.newsletter)
        _note_excluded(connection, chunk, excluded, now)
        digest = hashlib.sha256(
            f"{delivery.fingerprint} {chunk.variant} {[p.id for p in people]}".encode()
        ).digest()
        reach("claim-begun")
        connection.execute(update(ledger).values(epoch=ledger.c.epoch + 1))
        epoch = connection.execute(select(ledger.c.epoch)).scalar_one()
        connection.execute(
            update(chunks)
            .where(chunks.c.id == chunk.id)
            .values(
                state=ChunkState.CLAIMED,
                attempt=epoch,
                fence=chunk.fence + 1,
                lease_until=now + lease_seconds,
                excluded=len(excluded),
                request_sha256=digest,
                updated_at=now,
            )
        )
    reach("claim-committed")
    return Claim(
        chunk.id,
        delivery_id,
        delivery.issue,
        delivery.newsletter,
        chunk.variant,
        epoch,
        chunk.fence + 1,
        people,
        chunk.batch_id,
        delivery.submit_at,
    )


def upcoming(engine: Engine, delivery_id: int, now: int) -> list[int]:
    """Return the numbers of the people who will probably be claimed next; nothing is claimed by it."""
    with engine.connect() as connection:
        chunk = connection.execute(_pending(delivery_id, now)).one_or_none()
        return list(connection.execute(_numbers_of(chunk)).scalars()) if chunk else []


def expire_leases(engine: Engine, delivery_id: int, now: int, *, repeatable: bool) -> int:
    """Give up claims whose worker is gone: unknown, or pending again where sending twice leaves one mail."""
    state = ChunkState.PENDING if repeatable else ChunkState.UNKNOWN
    with writing(engine).begin() as connection:
        done = connection.execute(
            update(chunks)
            .where(
                chunks.c.delivery_id == delivery_id,
                chunks.c.state == ChunkState.CLAIMED,
                chunks.c.lease_until < now,
            )
            .values(state=state, reason="worker-gone", fence=chunks.c.fence + 1, updated_at=now)
        )
    return int(done.rowcount)


def _pending(delivery_id: int, now: int) -> Select[Any]:
    return (
        select(chunks)
        .where(
            chunks.c.delivery_id == delivery_id,
            chunks.c.state == ChunkState.PENDING,
            chunks.c.not_before <= now,
        )
        .order_by(chunks.c.not_before, chunks.c.id)
        .limit(1)
    )


def _look_again(
    connection: Connection, chunk: Row[Any], newsletter: str
) -> tuple[tuple[Person, ...], dict[int, FactKind]]:
    people: list[Person] = []
    excluded: dict[int, FactKind] = {}
    for number, deliverable, reason, moved_to in connection.execute(_recipients_of(chunk, newsletter)).all():
        if reason is not None:
            excluded[number] = FactKind(reason)
        elif moved_to is not None and not _move_mailbox(connection, chunk, number, moved_to):
            excluded[number] = FactKind.DUPLICATE
        else:
            people.append(Person(number, deliverable))
    return tuple(people), excluded


def _numbers_of(chunk: Row[Any]) -> Select[Any]:
    return select(recipients.c.subscriber_id).where(*_in_chunk(chunk)).order_by(recipients.c.subscriber_id)


def _in_chunk(chunk: Row[Any]) -> tuple[ColumnElement[bool], ...]:
    return (
        recipients.c.delivery_id == chunk.delivery_id,
        recipients.c.variant == chunk.variant,
        recipients.c.subscriber_id.between(chunk.low, chunk.high),
    )


def _recipients_of(chunk: Row[Any], newsletter: str) -> Select[Any]:
    suppressed = exists().where(
        suppressions.c.mailbox_key == subscribers.c.mailbox_key,
        or_(suppressions.c.newsletter == EVERY, suppressions.c.newsletter == newsletter),
    )
    left = or_(subscriptions.c.state.is_(None), subscriptions.c.state != SubscriptionState.CONFIRMED)
    reason = case(
        (subscribers.c.id.is_(None), FactKind.ERASED.value),
        (suppressed, FactKind.SUPPRESSED.value),
        (left, FactKind.LEFT.value),
        else_=null(),
    )
    moved = subscribers.c.mailbox_key != recipients.c.mailbox_key
    return (
        select(
            recipients.c.subscriber_id,
            subscribers.c.deliverable,
            reason.label("reason"),
            case((moved, subscribers.c.mailbox_key), else_=null()).label("moved_to"),
        )
        .select_from(
            recipients.outerjoin(subscribers, subscribers.c.id == recipients.c.subscriber_id).outerjoin(
                subscriptions,
                (subscriptions.c.subscriber_id == recipients.c.subscriber_id)
                & (subscriptions.c.newsletter == newsletter),
            )
        )
        .where(*_in_chunk(chunk))
        .order_by(recipients.c.subscriber_id)
    )


def _move_mailbox(connection: Connection, chunk: Row[Any], number: int, moved_to: int) -> bool:
    """Take over a changed address, unless another recipient of this issue has that mailbox."""
    table = recipients.c
    taken = select(table.subscriber_id).where(
        table.delivery_id == chunk.delivery_id, table.mailbox_key == moved_to
    )
    if connection.execute(taken).first() is not None:
        return False
    connection.execute(
        update(recipients)
        .where(table.delivery_id == chunk.delivery_id, table.subscriber_id == number)
        .values(mailbox_key=moved_to)
    )
    return True


def _note_excluded(connection: Connection, chunk: Row[Any], excluded: dict[int, FactKind], now: int) -> None:
    connection.execute(
        delete(facts).where(
            facts.c.delivery_id == chunk.delivery_id,
            facts.c.subscriber_id.between(chunk.low, chunk.high),
            facts.c.chunk_id == chunk.id,
            facts.c.kind.in_(EXCLUDED),
        )
    )
    rows = [
        {
            "delivery_id": chunk.delivery_id,
            "subscriber_id": number,
            "kind": kind,
            "chunk_id": chunk.id,
            "at": now,
        }
        for number, kind in excluded.items()
    ]
    if rows:
        connection.execute(insert(facts), rows)
