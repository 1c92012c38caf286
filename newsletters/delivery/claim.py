"""Takes one chunk for one worker, durably, and looks once more at who must not be written to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Engine, bindparam, select, update

from generator.failpoints import reach
from generator.storage.database import writing
from newsletters.delivery.recheck import Person, people_of, recheck
from newsletters.delivery.states import ChunkState, DeliveryState
from newsletters.delivery.tables import chunks, deliveries, ledger

LEASE_SECONDS = 60


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
        delivery = connection.execute(_DELIVERY, {"delivery": delivery_id}).one()
        if delivery.state != DeliveryState.SENDING:
            return None
        chunk = connection.execute(_NEXT, {"delivery": delivery_id, "now": now}).one_or_none()
        if chunk is None:
            return None
        people, excluded = recheck(connection, chunk, delivery.newsletter, now)
        who = f"{delivery.fingerprint} {chunk.variant} {[p.id for p in people]}"
        reach("claim-begun")
        epoch = int(connection.execute(_COUNT).scalar_one())
        connection.execute(
            _CLAIM,
            {
                "chunk": chunk.id,
                "epoch": epoch,
                "lease": now + lease_seconds,
                "left_out": excluded,
                "digest": hashlib.sha256(who.encode()).digest(),
                "now": now,
            },
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


def upcoming(engine: Engine, delivery_id: int, now: int) -> list[Person]:
    """Return the people who will probably be claimed next; nothing is claimed by it, and the claim looks again."""
    with engine.connect() as connection:
        chunk = connection.execute(_PENDING, {"delivery": delivery_id, "now": now}).one_or_none()
        return people_of(connection, chunk) if chunk else []


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


_DELIVERY = select(deliveries).where(deliveries.c.id == bindparam("delivery"))
_PENDING = (
    select(chunks)
    .where(
        chunks.c.delivery_id == bindparam("delivery"),
        chunks.c.state == ChunkState.PENDING,
        chunks.c.not_before <= bindparam("now"),
    )
    .order_by(chunks.c.not_before, chunks.c.id)
    .limit(1)
)
_NEXT = _PENDING.with_for_update(skip_locked=True)
_COUNT = update(ledger).values(epoch=ledger.c.epoch + 1).returning(ledger.c.epoch)
_CLAIM = (
    update(chunks)
    .where(chunks.c.id == bindparam("chunk"))
    .values(
        state=ChunkState.CLAIMED,
        attempt=bindparam("epoch"),
        fence=chunks.c.fence + 1,
        lease_until=bindparam("lease"),
        excluded=bindparam("left_out"),
        request_sha256=bindparam("digest"),
        updated_at=bindparam("now"),
    )
)
