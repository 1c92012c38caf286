"""Reads the provider's events: what is understood becomes an ``Event``, everything else is kept as odd; nothing raises."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from newsletters.audience.model import SuppressionReason
from newsletters.delivery.states import FactKind

MAX_OCTETS = 8_000_000
MAX_EVENTS = 10_000

_KINDS = {
    "processed": FactKind.PROCESSED,
    "delivered": FactKind.DELIVERED,
    "deferred": FactKind.DEFERRED,
    "dropped": FactKind.DROPPED,
    "spamreport": FactKind.COMPLAINED,
    "unsubscribe": FactKind.UNSUBSCRIBED,
    "group_unsubscribe": FactKind.UNSUBSCRIBED,
}
_LEFT_OUT = {"sg_event_id", "email", "ip"}  # an odd event is understood without the person
_IGNORED = {"open", "click", "group_resubscribe"}
DROPS = {
    "bounced address": SuppressionReason.HARD_BOUNCE,
    "invalid": SuppressionReason.HARD_BOUNCE,
    "spam reporting address": SuppressionReason.COMPLAINT,
    "unsubscribed address": SuppressionReason.UNSUBSCRIBE,
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
        return word if word in DROPS else "other"
    status = str(row.get("status", ""))
    return status if status and len(status) <= 12 and all(c.isdigit() or c == "." for c in status) else ""


def _odd(why: str, row: object) -> Odd:
    kept = {k: v for k, v in row.items() if k not in _LEFT_OUT} if isinstance(row, dict) else row
    return Odd(why, orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()[:4000])
