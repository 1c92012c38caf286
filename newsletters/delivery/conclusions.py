"""What follows from events for the audience: suppressions, which are only ever added here, a few statements a post."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from generator.storage.database import insert_into
from newsletters.audience.model import SubscriptionState, SuppressionReason
from newsletters.audience.rows import EVERY
from newsletters.audience.tables import subscriptions, suppressions
from newsletters.delivery.reading import DROPS, Event
from newsletters.delivery.states import FactKind
from newsletters.delivery.tables import facts, recipients

SOFT_BOUNCES = 3
BATCH = 1_000
_SUPPRESSING = {
    FactKind.BOUNCED: SuppressionReason.HARD_BOUNCE,
    FactKind.COMPLAINED: SuppressionReason.COMPLAINT,
    FactKind.UNSUBSCRIBED: SuppressionReason.UNSUBSCRIBE,
}


def draw_conclusions(
    connection: Connection, known: dict[str, tuple[int, str]], events: Iterable[Event]
) -> None:
    """Suppress whom the events say must not be written to; order and repetition do not matter.

    ``known`` maps an issue to its delivery and newsletter.
    """
    found = list(_reasons(connection, events))
    for issue in sorted({event.issue for event, _ in found}):
        delivery_id, newsletter = known[issue]
        mine = [(event, reason) for event, reason in found if event.issue == issue]
        _suppress(connection, delivery_id, newsletter, mine)


def _reasons(connection: Connection, events: Iterable[Event]) -> Iterator[tuple[Event, SuppressionReason]]:
    blocked = []
    for event in events:
        reason = DROPS.get(event.reason) if event.kind is FactKind.DROPPED else _SUPPRESSING.get(event.kind)
        if reason is not None:
            yield event, reason
        elif event.kind is FactKind.BLOCKED:
            blocked.append(event)
    often = _often_blocked(connection, sorted({event.number for event in blocked}))
    for event in blocked:
        if event.number in often:
            yield event, SuppressionReason.SOFT_BOUNCE


def _often_blocked(connection: Connection, numbers: list[int]) -> set[int]:
    """Return who had soft bounces in so many issues."""
    often: set[int] = set()
    for part in _parts(numbers):
        query = (
            select(facts.c.subscriber_id)
            .where(facts.c.kind == FactKind.BLOCKED, facts.c.subscriber_id.in_(part))
            .group_by(facts.c.subscriber_id)
            .having(func.count() >= SOFT_BOUNCES)
        )
        often.update(connection.execute(query).scalars())
    return often


def _suppress(
    connection: Connection, delivery_id: int, newsletter: str, found: list[tuple[Event, SuppressionReason]]
) -> None:
    keys = _mailbox_keys(connection, delivery_id, sorted({event.number for event, _ in found}))
    rows: dict[tuple[int, str, str], dict[str, Any]] = {}
    left: dict[int, int] = {}
    for event, reason in found:
        if event.number not in keys:
            continue
        leaving = reason is SuppressionReason.UNSUBSCRIBE
        key = (keys[event.number], newsletter if leaving else EVERY, reason.value)
        names = ("mailbox_key", "newsletter", "reason")
        more = {"at": event.at, "source": f"event:{event.issue}"}
        rows.setdefault(key, dict(zip(names, key, strict=True)) | more)
        if leaving:
            left[event.number] = event.at
    if rows:
        add = insert_into(suppressions, connection.dialect.name).on_conflict_do_nothing()
        connection.execute(add, [rows[key] for key in sorted(rows)])
    if left:
        connection.execute(_LEAVE, [{"who": n, "what": newsletter, "at": left[n]} for n in sorted(left)])


_LEAVE = (
    update(subscriptions)
    .where(subscriptions.c.subscriber_id == bindparam("who"), subscriptions.c.newsletter == bindparam("what"))
    .values(state=SubscriptionState.UNSUBSCRIBED.value, since=bindparam("at"))
)


def _mailbox_keys(connection: Connection, delivery_id: int, numbers: list[int]) -> dict[int, int]:
    keys: dict[int, int] = {}
    for part in _parts(numbers):
        query = select(recipients.c.subscriber_id, recipients.c.mailbox_key).where(
            recipients.c.delivery_id == delivery_id, recipients.c.subscriber_id.in_(part)
        )
        keys.update((row.subscriber_id, row.mailbox_key) for row in connection.execute(query))
    return keys


def _parts(numbers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), BATCH):
        yield numbers[start : start + BATCH]
