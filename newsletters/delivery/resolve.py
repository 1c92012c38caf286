"""What becomes of the unknown: cancelled and sent anew, proven by evidence, or shown to a person. Never sent blindly."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, func, insert, select, update

from generator.errors import RefusedError
from generator.failpoints import reach
from generator.mail.mailer import Mailer, Witness
from generator.storage.database import writing
from newsletters.delivery.outcome import replace_chunk
from newsletters.delivery.staging import cancel_unknown
from newsletters.delivery.states import OPEN, ChunkState, DeliveryState
from newsletters.delivery.tables import chunks, deliveries
from newsletters.tables import issue_steps, issues

QUIET_SECONDS = 3600
SILENT = "unknown"
"""Why a delivery waits for a person when requests have no answer and no evidence."""


class Decision(StrEnum):
    """What a person decides about an unknown chunk."""

    RESEND = "resend"
    WRITE_OFF = "write-off"


def resolve_automatically(engine: Engine, mailer: Mailer, delivery_id: int, now: int) -> int:
    """Try cancelling, then the provider's log; return how many chunks are certain now."""
    certain = cancel_unknown(engine, mailer, delivery_id, now)
    if not isinstance(mailer, Witness):
        return certain
    for chunk_id, attempt in _unknown(engine, delivery_id):
        if mailer.has_seen(mark_of(chunk_id, attempt)):
            with writing(engine).begin() as connection:
                certain += accept_on_evidence(connection, [(chunk_id, attempt)], now)
    return certain


def mark_of(chunk_id: int, attempt: int) -> str:
    """Return the mark of one request, which comes back in events and in the provider's log."""
    return f"{chunk_id}-{attempt}"


def accept_on_evidence(connection: Connection, seen: Iterable[tuple[int, int]], now: int) -> int:
    """Accept unknown chunks whose request (chunk, attempt) was seen; return how many there were."""
    number = 0
    for chunk_id, attempt in sorted(seen):
        done = connection.execute(
            update(chunks)
            .where(
                chunks.c.id == chunk_id,
                chunks.c.attempt == attempt,
                chunks.c.state == ChunkState.UNKNOWN,
            )
            .values(state=ChunkState.ACCEPTED, reason="evidence", updated_at=now)
        )
        number += done.rowcount
    return number


def decide(engine: Engine, chunk_id: int, decision: Decision, *, who: str, why: str, now: int) -> None:
    """Carry out and record a person's decision about one unknown chunk."""
    with writing(engine).begin() as connection:
        chunk = connection.execute(
            select(chunks).where(chunks.c.id == chunk_id).with_for_update()
        ).one_or_none()
        if chunk is None or chunk.state != ChunkState.UNKNOWN:
            raise RefusedError(f"{chunk_id}: 結果不明の送信単位ではありません")
        if decision is Decision.RESEND:
            replace_chunk(connection, chunk, now)
        else:
            connection.execute(
                update(chunks)
                .where(chunks.c.id == chunk_id)
                .values(state=ChunkState.WRITTEN_OFF, reason="written-off", updated_at=now)
            )
        delivery = connection.execute(select(deliveries).where(deliveries.c.id == chunk.delivery_id)).one()
        left = _count(connection, chunk.delivery_id, (ChunkState.UNKNOWN, ChunkState.CANCELLING))
        if delivery.state == DeliveryState.NEEDS_REVIEW and not left:
            set_state(connection, chunk.delivery_id, DeliveryState.SENDING, now)
        record_step(connection, delivery.issue, f"{decision}:{chunk_id}", who, why, now)


def finish(engine: Engine, delivery_id: int, now: int, quiet_seconds: int = QUIET_SECONDS) -> DeliveryState:
    """Close a delivery with nothing open, or hand it to a person when the unknown has been silent too long."""
    with writing(engine).begin() as connection:
        delivery = connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one()
        waits_for_evidence = delivery.state == DeliveryState.NEEDS_REVIEW and delivery.reason == SILENT
        if delivery.state != DeliveryState.SENDING and not waits_for_evidence:
            return DeliveryState(delivery.state)
        if _count(connection, delivery_id, (ChunkState.PENDING, ChunkState.CLAIMED)):
            return DeliveryState(delivery.state)
        reach("finish-begun")
        if not _count(connection, delivery_id, OPEN):
            set_state(connection, delivery_id, DeliveryState.SENT, now)
            connection.execute(
                update(issues)
                .where(issues.c.key == delivery.issue)
                .values(state="submitted", submitted_at=datetime.fromtimestamp(now, UTC))
            )
            if _known_issue(connection, delivery.issue):
                record_step(connection, delivery.issue, "submitted", "koho", "", now)
            return DeliveryState.SENT
        oldest = select(func.max(chunks.c.updated_at)).where(
            chunks.c.delivery_id == delivery_id, chunks.c.state == ChunkState.UNKNOWN
        )
        if now - (connection.execute(oldest).scalar() or now) < quiet_seconds:
            return DeliveryState(delivery.state)
        set_state(connection, delivery_id, DeliveryState.NEEDS_REVIEW, now, reason=SILENT)
        return DeliveryState.NEEDS_REVIEW


def set_state(
    connection: Connection, delivery_id: int, state: DeliveryState, now: int, *, reason: str = ""
) -> None:
    """Write a delivery's state."""
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id)
        .values(state=state, reason=reason, updated_at=now)
    )


def record_step(connection: Connection, issue: str, action: str, who: str, why: str, now: int) -> None:
    """Write down who did what to an issue, when and why."""
    if not _known_issue(connection, issue):
        return
    state = connection.execute(select(issues.c.state).where(issues.c.key == issue)).scalar_one()
    values = {"issue": issue, "at": datetime.fromtimestamp(now, UTC), "who": who, "action": action[:30]}
    connection.execute(
        insert(issue_steps).values(state=state, reason=why, on_behalf_of="", fingerprint="", **values)
    )


def _known_issue(connection: Connection, issue: str) -> bool:
    return connection.execute(select(issues.c.key).where(issues.c.key == issue)).first() is not None


def _unknown(engine: Engine, delivery_id: int) -> list[tuple[int, int]]:
    with engine.connect() as connection:
        rows = connection.execute(
            select(chunks.c.id, chunks.c.attempt).where(
                chunks.c.delivery_id == delivery_id, chunks.c.state == ChunkState.UNKNOWN
            )
        ).all()
    return [(row.id, row.attempt) for row in rows]


def _count(connection: Connection, delivery_id: int, states: tuple[ChunkState, ...]) -> int:
    query = select(func.count()).where(chunks.c.delivery_id == delivery_id, chunks.c.state.in_(states))
    return int(connection.execute(query).scalar_one())
