"""Pause, resume and stop a delivery: a person's word, recorded, and heard by every worker before its next claim."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, select, update

from generator.errors import RefusedError
from generator.storage.database import writing
from newsletters.delivery.resolve import record_step, set_state
from newsletters.delivery.states import WORDS, ChunkState, DeliveryState
from newsletters.delivery.tables import chunks, deliveries
from newsletters.tables import issues

S = DeliveryState
SOURCES = {
    S.PAUSED: (S.SENDING,),
    S.SENDING: (S.PAUSED, S.NEEDS_REVIEW),
    S.STOPPED: (S.SENDING, S.PAUSED, S.NEEDS_REVIEW),
}


def change_state(engine: Engine, issue: str, state: DeliveryState, *, who: str, why: str, now: int) -> None:
    """Bring a delivery into a state; raises ``RefusedError`` where that is no way from where it stands."""
    with writing(engine).begin() as connection:
        query = select(deliveries).where(deliveries.c.issue == issue).with_for_update()
        found = connection.execute(query).one_or_none()
        if found is None or found.state not in SOURCES[state]:
            stands = WORDS[found.state] if found else "配信の記録なし"
            raise RefusedError(f"{issue}: いまは「{stands}」なので、「{WORDS[state]}」にできません")
        set_state(connection, found.id, state, now, reason=why)
        if state is DeliveryState.STOPPED:
            _stop(connection, found.id, issue, now)
        record_step(connection, issue, f"delivery-{state}", who, why, now)


def _stop(connection: Connection, delivery_id: int, issue: str, now: int) -> None:
    """Give up what was not handed over yet; the issue has failed for good, and no timer looks at it again."""
    connection.execute(
        update(chunks)
        .where(chunks.c.delivery_id == delivery_id, chunks.c.state == ChunkState.PENDING)
        .values(state=ChunkState.STOPPED, updated_at=now)
    )
    connection.execute(update(issues).where(issues.c.key == issue).values(state="failed"))
