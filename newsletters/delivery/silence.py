"""When silence means something: canaries prove that events come back, and only then may silence be acted on.

A canary is a copy to a mailbox of our own, in a request of its own, before an issue and after it (once more when a
later request has no answer). An event of the last one shows that the way back works; a request that stayed without
any event until then was, in all likelihood, never taken.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from generator.storage.database import writing
from newsletters.delivery.outcome import replace_chunk
from newsletters.delivery.resolve import SILENT, record_step, set_state
from newsletters.delivery.states import ChunkState, DeliveryState
from newsletters.delivery.tables import canaries, chunks, deliveries


def begin_canary(engine: Engine, delivery_id: int, now: int) -> int | None:
    """Write down the next canary and return its position; None when none is due."""
    try:
        with writing(engine).begin() as connection:
            position = _due(connection, delivery_id)
            if position is not None:
                row = {"delivery_id": delivery_id, "position": position, "sent_at": now, "seen_at": 0}
                connection.execute(insert(canaries).values(row))
    except IntegrityError:  # PostgreSQL: another worker was a moment earlier
        return None
    return position


def forget_canary(engine: Engine, delivery_id: int, position: int) -> None:
    """Take back a canary that certainly did not leave."""
    table = canaries.c
    with writing(engine).begin() as connection:
        connection.execute(
            delete(canaries).where(table.delivery_id == delivery_id, table.position == position)
        )


def hear_canary(connection: Connection, delivery_id: int, position: int, at: int) -> None:
    """Note that an event of a canary came back."""
    table = canaries.c
    connection.execute(
        update(canaries)
        .where(table.delivery_id == delivery_id, table.position == position, table.seen_at == 0)
        .values(seen_at=at)
    )


def is_silence_evidence(connection: Connection, delivery_id: int) -> bool:
    """Whether events came back of a canary that left after every request without an answer."""
    last = _last_doubt(connection, delivery_id)
    if last is None:
        return False
    heard = select(canaries.c.position).where(
        canaries.c.delivery_id == delivery_id,
        canaries.c.position > 1,
        canaries.c.seen_at > 0,
        canaries.c.sent_at >= last,
    )
    return connection.execute(heard).first() is not None


def resend_silent(engine: Engine, delivery_id: int, now: int, after_seconds: int) -> int:
    """Send again what stayed without evidence for so long while the canaries sang; return the number of chunks.

    Nothing is done while the way back is not proven, nor for a delivery that waits for a person for another reason.
    """
    with writing(engine).begin() as connection:
        delivery = connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one()
        if not _is_open(delivery) or not is_silence_evidence(connection, delivery_id):
            return 0
        silent = select(chunks).where(
            chunks.c.delivery_id == delivery_id,
            chunks.c.state == ChunkState.UNKNOWN,
            chunks.c.updated_at <= now - after_seconds,
        )
        rows = connection.execute(silent).all()
        for chunk in rows:
            replace_chunk(connection, chunk, now)
            record_step(connection, delivery.issue, f"resend:{chunk.id}", "koho", SILENT, now)
        if rows:
            set_state(connection, delivery_id, DeliveryState.SENDING, now)
    return len(rows)


def _is_open(delivery: Row[tuple[object, ...]]) -> bool:
    waiting = delivery.state == DeliveryState.NEEDS_REVIEW and delivery.reason == SILENT
    return bool(waiting or delivery.state == DeliveryState.SENDING)


def _due(connection: Connection, delivery_id: int) -> int | None:
    """Return the position of the canary that is due: before the first request, and after the last one."""
    delivery = connection.execute(select(deliveries.c.state).where(deliveries.c.id == delivery_id)).scalar()
    if delivery != DeliveryState.SENDING:
        return None
    sent = connection.execute(
        select(canaries.c.sent_at).where(canaries.c.delivery_id == delivery_id).order_by(canaries.c.position)
    ).scalars()
    moments = list(sent)
    if not moments:
        return 1
    under_way = select(func.count()).where(
        chunks.c.delivery_id == delivery_id, chunks.c.state.in_([ChunkState.PENDING, ChunkState.CLAIMED])
    )
    if connection.execute(under_way).scalar_one():
        return None
    doubt = _last_doubt(connection, delivery_id)
    again = len(moments) == 1 or (doubt is not None and doubt > moments[-1])
    return len(moments) + 1 if again else None


def _last_doubt(connection: Connection, delivery_id: int) -> int | None:
    query = select(func.max(chunks.c.updated_at)).where(
        chunks.c.delivery_id == delivery_id, chunks.c.state == ChunkState.UNKNOWN
    )
    return connection.execute(query).scalar()
