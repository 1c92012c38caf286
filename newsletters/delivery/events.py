"""What the provider tells afterwards, as facts that only ever add up: no order, no repetition changes the end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, func, insert, select, update

from generator.storage.database import insert_into, writing
from newsletters.audience.keyring import Keyring
from newsletters.audience.model import SubscriptionState, SuppressionReason
from newsletters.audience.store import EVERY, suppress
from newsletters.audience.tables import subscriptions
from newsletters.delivery.resolve import accept_on_evidence
from newsletters.delivery.states import ChunkState, FactKind
from newsletters.delivery.tables import chunks, deliveries, facts, quarantine, recipients

MAX_OCTETS = 8_000_000
MAX_EVENTS = 10_000
SOFT_BOUNCES = 3
_BATCH = 1_000

_KINDS = {
    "processed": FactKind.PROCESSED,
    "delivered": FactKind.DELIVERED,
    "deferred": FactKind.DEFERRED,
    "dropped": FactKind.DROPPED,
    "spamreport": FactKind.COMPLAINED,
    "unsubscribe": FactKind.UNSUBSCRIBED,
    "group_unsubscribe": FactKind.UNSUBSCRIBED,
}
_IGNORED = {"open", "click", "group_resubscribe"}
_DROPS = {
    "bounced address": SuppressionReason.HARD_BOUNCE,
    "invalid": SuppressionReason.HARD_BOUNCE,
    "spam reporting address": SuppressionReason.COMPLAINT,
    "unsubscribed address": SuppressionReason.UNSUBSCRIBE,
}
_SUPPRESSING = {
    FactKind.BOUNCED: SuppressionReason.HARD_BOUNCE,
    FactKind.COMPLAINED: SuppressionReason.COMPLAINT,
    FactKind.UNSUBSCRIBED: SuppressionReason.UNSUBSCRIBE,
}


@dataclass(frozen=True, slots=True)
class Event:
    """One understood event of one person's mail; ``reason`` is a code, never what a mail server quoted."""

    issue: str
    number: int
    delivery_id: str
    chunk_id: int
    attempt: int
    kind: FactKind
    at: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Odd:
    """An event that is kept for a person to look at."""

    why: str
    text: str

    @property
    def print(self) -> str:
        """The same whatever id its copies bear."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(slots=True)
class Reading:
    """What one body held."""

    events: list[Event] = field(default_factory=list)
    odd: list[Odd] = field(default_factory=list)
    ignored: int = 0


@dataclass(frozen=True, slots=True)
class Stored:
    """What one body changed."""

    facts: int
    quarantined: int
    resolved: int


def read_events(body: bytes) -> Reading:
    """Read the raw bytes of one post; a body that is no list of events is itself odd, and nothing raises."""
    reading = Reading()
    try:
        rows = orjson.loads(body)
    except orjson.JSONDecodeError:
        reading.odd.append(Odd("not-json", body[:2000].decode("utf-8", "replace")))
        return reading
    if not isinstance(rows, list) or len(rows) > MAX_EVENTS:
        reading.odd.append(Odd("not-a-list", body[:2000].decode("utf-8", "replace")))
        return reading
    for row in rows:
        _read_row(row, reading)
    return reading


def _read_row(row: object, reading: Reading) -> None:
    if not isinstance(row, dict):
        reading.odd.append(_odd("not-an-object", row))
        return
    name = row.get("event")
    if isinstance(name, str) and name in _IGNORED:
        reading.ignored += 1
        return
    kind = _kind(row)
    if kind is None:
        reading.odd.append(_odd("unknown-event", row))
        return
    try:
        chunk, _, attempt = str(row["chunk"]).partition("-")
        numbers = (int(row["number"]), int(chunk), int(attempt), int(row["timestamp"]))
    except (KeyError, ValueError, TypeError):
        reading.odd.append(_odd("not-ours", row))
        return
    if not all(0 <= number < 2**31 for number in numbers[:3]) or not 0 <= numbers[3] < 2**40:
        reading.odd.append(_odd("out-of-range", row))
        return
    number, chunk_id, tries, at = numbers
    issue, delivery_id = str(row.get("issue", "")), str(row.get("delivery_id", ""))
    reading.events.append(Event(issue, number, delivery_id, chunk_id, tries, kind, at, _reason(row, kind)))


def _kind(row: Mapping[str, Any]) -> FactKind | None:
    name = row.get("event")
    if not isinstance(name, str):
        return None
    if name == "bounce":
        return FactKind.BLOCKED if row.get("type") == "blocked" else FactKind.BOUNCED
    return _KINDS.get(name)


def _reason(row: Mapping[str, Any], kind: FactKind) -> str:
    if kind is FactKind.DROPPED:
        word = str(row.get("reason", "")).lower()
        return word if word in _DROPS else "other"
    status = str(row.get("status", ""))
    return status if status and len(status) <= 12 and all(c.isdigit() or c == "." for c in status) else ""


def _odd(why: str, row: object) -> Odd:
    kept = {k: v for k, v in row.items() if k != "sg_event_id"} if isinstance(row, dict) else row
    return Odd(why, orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()[:4000])


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
        added = _store_facts(connection, known, ours)
        odd = [*reading.odd, *(Odd("foreign", repr(event)) for event in foreign)]
        _store_odd(connection, odd, now)
        resolved = accept_on_evidence(connection, {e.chunk_id: e.attempt for e in ours}, now)
        _draw_conclusions(connection, known, ours)
    return Stored(added, len(odd), resolved)


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
    for start in range(0, len(rows), _BATCH):
        connection.execute(_keep_earliest(connection), rows[start : start + _BATCH])
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


def _draw_conclusions(
    connection: Connection, known: dict[str, tuple[int, str]], events: Iterable[Event]
) -> None:
    """Add suppressions that follow from what is known now; nothing here ever takes one away."""
    for event in sorted(set(events), key=lambda e: (e.number, e.kind, e.at)):
        reason = _SUPPRESSING.get(event.kind)
        if event.kind is FactKind.DROPPED:
            reason = _DROPS.get(event.reason)
        if event.kind is FactKind.BLOCKED and _soft_bounces(connection, event.number) >= SOFT_BOUNCES:
            reason = SuppressionReason.SOFT_BOUNCE
        if reason is not None:
            _conclude(connection, *known[event.issue], event, reason)


def _conclude(
    connection: Connection, delivery_id: int, newsletter: str, event: Event, reason: SuppressionReason
) -> None:
    key = connection.execute(
        select(recipients.c.mailbox_key).where(
            recipients.c.delivery_id == delivery_id, recipients.c.subscriber_id == event.number
        )
    ).scalar()
    if key is None:
        return
    leaving = reason is SuppressionReason.UNSUBSCRIBE
    scope = newsletter if leaving else EVERY
    suppress(connection, key, scope, reason, at=event.at, source=f"event:{event.issue}")
    if leaving:
        table = subscriptions.c
        connection.execute(
            update(subscriptions)
            .where(table.subscriber_id == event.number, table.newsletter == newsletter)
            .values(state=SubscriptionState.UNSUBSCRIBED, since=event.at)
        )


def _soft_bounces(connection: Connection, number: int) -> int:
    query = select(func.count()).where(facts.c.subscriber_id == number, facts.c.kind == FactKind.BLOCKED)
    return int(connection.execute(query).scalar_one())
