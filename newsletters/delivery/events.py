"""Stores what the provider tells, as facts that only ever add up: no order, no repetition changes the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select

from generator.failpoints import reach
from generator.storage.database import insert_into, writing
from newsletters.audience.keyring import Keyring
from newsletters.delivery.conclusions import BATCH, draw_conclusions
from newsletters.delivery.reading import Event, Odd, Reading
from newsletters.delivery.resolve import accept_on_evidence
from newsletters.delivery.shipping import NOBODY
from newsletters.delivery.silence import hear_canary
from newsletters.delivery.states import ChunkState, FactKind
from newsletters.delivery.tables import chunks, deliveries, facts, quarantine


@dataclass(frozen=True, slots=True)
class Stored:
    """What one body changed."""

    facts: int
    quarantined: int
    resolved: int


def store_reading(engine: Engine, keyring: Keyring, reading: Reading, now: int) -> Stored:
    """Store what a body held in one transaction; when this returns, it is on disk and may be answered with 2xx."""
    with writing(engine).begin() as connection:
        known = _deliveries(connection, {event.issue for event in reading.events})
        ours: list[Event] = []
        foreign: list[Event] = []
        for event in reading.events:
            genuine = (
                event.issue in known and keyring.delivery_id(event.issue, event.number) == event.delivery_id
            )
            (ours if genuine else foreign).append(event)
        for event in ours:
            if event.number == NOBODY:
                hear_canary(connection, known[event.issue][0], event.attempt, event.at)
        ours = [event for event in ours if event.number != NOBODY]
        added = _store_facts(connection, known, ours)
        odd = [*reading.odd, *(Odd("foreign", repr(event)) for event in foreign)]
        _store_odd(connection, odd, now)
        resolved = accept_on_evidence(connection, {(e.chunk_id, e.attempt) for e in ours}, now)
        draw_conclusions(connection, known, ours)
        reach("event-stored")
    return Stored(added, len(odd), resolved)


def note_leaving(engine: Engine, issue: str, number: int, at: int) -> None:
    """Count in an issue's report that somebody left by its own link, once however often they press."""
    with writing(engine).begin() as connection:
        found = _deliveries(connection, {issue}).get(issue)
        if found is not None:
            row = {"delivery_id": found[0], "subscriber_id": number, "kind": FactKind.UNSUBSCRIBED}
            add = insert_into(facts, connection.dialect.name).on_conflict_do_nothing()
            connection.execute(add, {**row, "chunk_id": 0, "at": at, "reason": "link"})


def _deliveries(connection: Connection, names: set[str]) -> dict[str, tuple[int, str]]:
    rows = connection.execute(
        select(deliveries.c.issue, deliveries.c.id, deliveries.c.newsletter).where(
            deliveries.c.issue.in_(names)
        )
    )
    return {row.issue: (row.id, row.newsletter) for row in rows}


def _store_facts(connection: Connection, known: dict[str, tuple[int, str]], events: Iterable[Event]) -> int:
    merged: dict[tuple[int, int, str], dict[str, Any]] = {}
    for event in [*events, *_strays(connection, events)]:
        key = (known[event.issue][0], event.number, event.kind.value)
        row = merged.setdefault(
            key,
            {
                "delivery_id": key[0],
                "subscriber_id": key[1],
                "kind": key[2],
                "chunk_id": event.chunk_id,
                "at": event.at,
                "reason": event.reason,
            },
        )
        row["at"] = min(row["at"], event.at)
        row["chunk_id"] = min(row["chunk_id"], event.chunk_id)
        row["reason"] = min(row["reason"], event.reason)
    rows = [merged[key] for key in sorted(merged)]
    for start in range(0, len(rows), BATCH):
        connection.execute(_keep_earliest(connection), rows[start : start + BATCH])
    return len(rows)


def _keep_earliest(connection: Connection) -> Any:
    dialect = connection.dialect.name
    new: Any = insert_into(facts, dialect)
    least: Any = func.least if dialect == "postgresql" else func.min
    changed = {name: least(facts.c[name], new.excluded[name]) for name in ("at", "chunk_id", "reason")}
    return new.on_conflict_do_update(
        index_elements=[facts.c.delivery_id, facts.c.subscriber_id, facts.c.kind], set_=changed
    )


def _strays(connection: Connection, events: Iterable[Event]) -> list[Event]:
    """Return events of requests that were cancelled for certain: should there be one, it is shown as a fact."""
    void = select(chunks.c.id).where(
        chunks.c.id.in_({event.chunk_id for event in events}), chunks.c.state == ChunkState.VOID
    )
    cancelled = set(connection.execute(void).scalars())
    left = {FactKind.DELIVERED, FactKind.BOUNCED, FactKind.BLOCKED}
    return [
        Event(e.issue, e.number, e.delivery_id, e.chunk_id, e.attempt, FactKind.STRAY, e.at)
        for e in events
        if e.chunk_id in cancelled and e.kind in left
    ]


def _store_odd(connection: Connection, odd: Iterable[Odd], now: int) -> None:
    by_print = {thing.print: thing for thing in odd}
    if not by_print:
        return
    query = select(quarantine.c.print).where(quarantine.c.print.in_(by_print))
    known = set(connection.execute(query).scalars())
    for key in sorted(by_print.keys() - known):
        thing = by_print[key]
        connection.execute(insert(quarantine).values(print=key, at=now, why=thing.why, event=thing.text))
