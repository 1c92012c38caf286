"""Writes the outcome of a request, and only by the worker that still holds the claim."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from generator.failpoints import reach
from generator.mail.mailer import Outcome, OutcomeKind
from generator.storage.database import writing
from newsletters.delivery.claim import Claim
from newsletters.delivery.recheck import forget_excluded
from newsletters.delivery.states import ChunkState, DeliveryState, FactKind
from newsletters.delivery.tables import chunks, deliveries, facts, recipients

_LONGEST_WAIT_SECONDS = 300


def settle(engine: Engine, claim: Claim, outcome: Outcome, now: int) -> bool:
    """Write what became of a claim; False when it was no longer ours (the lease ran out meanwhile)."""
    with writing(engine).begin() as connection:
        chunk = connection.execute(
            select(chunks).where(chunks.c.id == claim.chunk_id).with_for_update()
        ).one()
        if chunk.state != ChunkState.CLAIMED or chunk.fence != claim.fence:
            return False
        match outcome.kind:
            case OutcomeKind.ACCEPTED:
                _set(connection, chunk, ChunkState.ACCEPTED, outcome, now)
            case OutcomeKind.NOT_SENT | OutcomeKind.THROTTLED:
                wait = max(outcome.wait_seconds, min(_LONGEST_WAIT_SECONDS, 2 ** min(chunk.fence, 9) / 4))
                release(connection, chunk, outcome.reason, now, not_before=now + int(wait + 0.999))
            case OutcomeKind.REJECTED | OutcomeKind.TOO_LARGE:
                _divide(connection, chunk, claim, outcome, now)
            case OutcomeKind.UNAUTHORIZED | OutcomeKind.UNFIT:
                release(connection, chunk, outcome.reason, now)
                _halt(connection, chunk.delivery_id, outcome.reason, now)
            case OutcomeKind.ALARM:
                _set(connection, chunk, ChunkState.UNKNOWN, outcome, now)
                _halt(connection, chunk.delivery_id, outcome.reason, now)
            case OutcomeKind.UNKNOWN:
                _set(connection, chunk, ChunkState.UNKNOWN, outcome, now)
        if outcome.wait_seconds > 0:
            _hold_back(connection, chunk.delivery_id, now + int(outcome.wait_seconds + 0.999))
    return True


def release(connection: Connection, chunk: Row[Any], reason: str, now: int, *, not_before: int = 0) -> None:
    """Give a chunk back: it is certain that nothing of it left."""
    forget_excluded(connection, chunk)
    values = {"state": ChunkState.PENDING, "excluded": 0, "reason": reason[:100], "updated_at": now}
    connection.execute(update(chunks).where(chunks.c.id == chunk.id).values(not_before=not_before, **values))


def replace_chunk(connection: Connection, chunk: Row[Any], now: int) -> None:
    """Put a fresh child in the place of a chunk that certainly never left, or that a person sends again."""
    forget_excluded(connection, chunk)
    connection.execute(
        update(chunks)
        .where(chunks.c.id == chunk.id)
        .values(state=ChunkState.VOID, excluded=0, fence=chunks.c.fence + 1, updated_at=now)
    )
    connection.execute(insert(chunks).values(_child(chunk, chunk.low, chunk.high, chunk.size, now)))


def _set(connection: Connection, chunk: Row[Any], state: ChunkState, outcome: Outcome, now: int) -> None:
    connection.execute(
        update(chunks)
        .where(chunks.c.id == chunk.id)
        .values(
            state=state,
            provider_id=outcome.provider_id,
            reason=outcome.reason[:100],
            updated_at=now,
        )
    )


def _hold_back(connection: Connection, delivery_id: int, until: int) -> None:
    """Let every worker wait, also one that begins later: the provider's limit is for all of them."""
    connection.execute(
        update(chunks)
        .where(
            chunks.c.delivery_id == delivery_id,
            chunks.c.state == ChunkState.PENDING,
            chunks.c.not_before < until,
        )
        .values(not_before=until)
    )


def _halt(connection: Connection, delivery_id: int, reason: str, now: int) -> None:
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.state == DeliveryState.SENDING)
        .values(state=DeliveryState.PAUSED, reason=reason, updated_at=now)
    )


def _divide(connection: Connection, chunk: Row[Any], claim: Claim, outcome: Outcome, now: int) -> None:
    """Split a refused chunk until the address that is the reason stands alone: around those named, else in two."""
    if len(claim.people) <= 1:
        _set(connection, chunk, ChunkState.REJECTED, outcome, now)
        for person in claim.people:
            row = {
                "delivery_id": chunk.delivery_id,
                "subscriber_id": person.id,
                "chunk_id": chunk.id,
                "at": now,
            }
            connection.execute(
                insert(facts).values(kind=FactKind.REJECTED, reason=outcome.reason[:200], **row)
            )
        return
    ids = list(
        connection.execute(
            select(recipients.c.subscriber_id)
            .where(
                recipients.c.delivery_id == chunk.delivery_id,
                recipients.c.variant == chunk.variant,
                recipients.c.subscriber_id.between(chunk.low, chunk.high),
            )
            .order_by(recipients.c.subscriber_id)
        ).scalars()
    )
    named = {claim.people[place].id for place in outcome.places if place < len(claim.people)}
    forget_excluded(connection, chunk)
    connection.execute(
        update(chunks)
        .where(chunks.c.id == chunk.id)
        .values(state=ChunkState.SPLIT, excluded=0, reason=outcome.reason[:100], updated_at=now)
    )
    reach("split-begun")
    for part in _parts(ids, named):
        child = _child(chunk, part[0], part[-1], len(part), now)
        connection.execute(insert(chunks).values(batch_id=chunk.batch_id, send_at=chunk.send_at, **child))


def _parts(ids: list[int], named: set[int]) -> list[list[int]]:
    """Return each named one alone and the runs between them; two halves where nobody is named."""
    if not named:
        return [ids[: len(ids) // 2], ids[len(ids) // 2 :]]
    return [list(run) for _, run in groupby(ids, lambda number: number if number in named else 0)]


def _child(chunk: Row[Any], low: int, high: int, size: int, now: int) -> dict[str, object]:
    return {
        "delivery_id": chunk.delivery_id,
        "variant": chunk.variant,
        "low": low,
        "high": high,
        "size": size,
        "state": ChunkState.PENDING,
        "parent_id": chunk.id,
        "updated_at": now,
    }
