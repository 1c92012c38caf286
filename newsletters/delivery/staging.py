"""Early posting with a moment to send at: until shortly before it, an unknown request can be cancelled for certain.

SendGrid lets at most ten batches be cancelled at once, so up to ten chunks get a batch each, and more than ten share
ten waves.
"""

from __future__ import annotations

from sqlalchemy import Engine, func, select, update

from generator.failpoints import reach
from generator.mail.mailer import Cancelling, Mailer, Stager
from generator.storage.database import writing
from newsletters.delivery.outcome import replace_chunk
from newsletters.delivery.states import ChunkState
from newsletters.delivery.tables import chunks, deliveries

MAX_BATCHES = 10
EARLIEST_SECONDS = 40 * 60  # before the moment to send
LATEST_SECONDS = 15 * 60
_TAKEN, _DOUBTFUL = "cancelling-accepted", "cancelling-unknown"
CANCEL_SECONDS = 11 * 60  # the provider wants ten minutes; one more for two clocks


def stage(engine: Engine, mailer: Mailer, delivery_id: int, now: int) -> None:
    """Give every chunk that waits a batch and a moment, when there is time enough for it; else take them away."""
    if not isinstance(mailer, Stager):
        return
    waiting = (chunks.c.delivery_id == delivery_id, chunks.c.state == ChunkState.PENDING)
    with engine.connect() as connection:
        submit_at = connection.execute(
            select(deliveries.c.submit_at).where(deliveries.c.id == delivery_id)
        ).scalar_one()
        plain = connection.execute(
            select(chunks.c.id).where(*waiting, chunks.c.batch_id == "").order_by(chunks.c.id)
        )
        ids = list(plain.scalars())
    if submit_at - now < LATEST_SECONDS:
        with writing(engine).begin() as connection:
            send_at = submit_at if submit_at > now + 60 else 0
            connection.execute(update(chunks).where(*waiting).values(batch_id="", send_at=send_at))
        return
    size = -(-len(ids) // MAX_BATCHES) or 1
    for start in range(0, len(ids), size):
        batch = mailer.new_batch()
        with writing(engine).begin() as connection:
            wave = chunks.c.id.in_(ids[start : start + size])
            connection.execute(update(chunks).where(*waiting, wave).values(batch_id=batch, send_at=submit_at))


def cancel_unknown(engine: Engine, mailer: Mailer, delivery_id: int, now: int) -> int:
    """Cancel the batches of unknown chunks while that is certain to work, and queue those chunks again.

    The intention is on disk first: after a crash the same cancelling is taken up again.
    """
    if not isinstance(mailer, Stager):
        return 0
    doubtful = [ChunkState.UNKNOWN, ChunkState.CANCELLING]
    query = select(chunks.c.batch_id, func.min(chunks.c.send_at)).where(
        chunks.c.delivery_id == delivery_id, chunks.c.state.in_(doubtful), chunks.c.batch_id != ""
    )
    with engine.connect() as connection:
        batches = connection.execute(query.group_by(chunks.c.batch_id)).all()
    renewed = 0
    for batch_id, send_at in batches:
        if now <= send_at - CANCEL_SECONDS and _intend(engine, batch_id, now):
            answer = mailer.cancel(batch_id)
            reach("cancel-sent")
            if answer is Cancelling.DONE:
                renewed += _renew(engine, batch_id, now)
            else:
                _give_up(engine, batch_id, now, stands=answer is Cancelling.REFUSED)
        else:
            _give_up(engine, batch_id, now)
    return renewed


def _intend(engine: Engine, batch_id: str, now: int) -> bool:
    same = chunks.c.batch_id == batch_id
    with writing(engine).begin() as connection:
        connection.execute(
            update(chunks).where(same, chunks.c.state == ChunkState.PENDING).values(batch_id="", send_at=0)
        )
        claimed = select(func.count()).where(same, chunks.c.state == ChunkState.CLAIMED)
        if connection.execute(claimed).scalar_one():
            return False
        for state, reason in ((ChunkState.UNKNOWN, _DOUBTFUL), (ChunkState.ACCEPTED, _TAKEN)):
            connection.execute(
                update(chunks)
                .where(same, chunks.c.state == state)
                .values(state=ChunkState.CANCELLING, reason=reason, updated_at=now)
            )
    return True


def _renew(engine: Engine, batch_id: str, now: int) -> int:
    with writing(engine).begin() as connection:
        mine = (chunks.c.batch_id == batch_id, chunks.c.state == ChunkState.CANCELLING)
        rows = connection.execute(select(chunks).where(*mine)).all()
        for row in rows:
            replace_chunk(connection, row, now)
    return len(rows)


def _give_up(engine: Engine, batch_id: str, now: int, *, stands: bool = False) -> None:
    """Call the batch's chunks unknown, but those that were accepted once more so where the batch surely ``stands``."""
    mine = (chunks.c.batch_id == batch_id, chunks.c.state == ChunkState.CANCELLING)
    with writing(engine).begin() as connection:
        if stands:
            connection.execute(
                update(chunks)
                .where(*mine, chunks.c.reason == _TAKEN)
                .values(state=ChunkState.ACCEPTED, reason="cancel-refused", updated_at=now)
            )
        connection.execute(
            update(chunks)
            .where(*mine)
            .values(state=ChunkState.UNKNOWN, reason="cancel-refused", updated_at=now)
        )
