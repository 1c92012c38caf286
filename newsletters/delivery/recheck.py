"""Looks once more, within the claim, at who of a chunk may still be written to, and writes down who may not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Select,
    bindparam,
    case,
    delete,
    exists,
    insert,
    null,
    or_,
    select,
    update,
)

from newsletters.audience.model import SubscriptionState
from newsletters.audience.rows import EVERY
from newsletters.audience.tables import subscribers, subscriptions, suppressions
from newsletters.delivery.states import EXCLUDED, FactKind
from newsletters.delivery.tables import facts, recipients


class Person(NamedTuple):
    """A recipient as they are now; the address is not for logs."""

    id: int
    deliverable: str

    def __repr__(self) -> str:
        """Show the number alone."""
        return f"Person({self.id})"


def recheck(
    connection: Connection, chunk: Row[Any], newsletter: str, now: int
) -> tuple[tuple[Person, ...], int]:
    """Return who of a chunk may be written to, and how many may not; why is kept as facts."""
    people: list[Person] = []
    excluded: dict[int, FactKind] = {}
    if chunk.attempt:  # claimed before
        forget_excluded(connection, chunk)
    rows = connection.execute(_RECIPIENTS, {**_whole(chunk), "newsletter": newsletter})
    for number, deliverable, reason, moved_to in rows.all():
        if reason is not None:
            excluded[number] = FactKind(reason)
        elif moved_to is not None and not _move_mailbox(connection, chunk, number, moved_to):
            excluded[number] = FactKind.DUPLICATE
        else:
            people.append(Person(number, deliverable))
    if excluded:
        _note(connection, chunk, excluded, now)
    return tuple(people), len(excluded)


def people_of(connection: Connection, chunk: Row[Any]) -> list[Person]:
    """Return everybody of a chunk, also who may not be written to any more."""
    return [Person(*row) for row in connection.execute(_PEOPLE, _whole(chunk)).all()]


def forget_excluded(connection: Connection, chunk: Row[Any]) -> None:
    """Forget who was excluded at a claim that did not go through; the next one looks again."""
    connection.execute(_FORGET, {**_bounds(chunk), "chunk": chunk.id})


def _move_mailbox(connection: Connection, chunk: Row[Any], number: int, moved_to: int) -> bool:
    """Take over a changed address, unless another recipient of this issue has that mailbox."""
    table = recipients.c
    taken = select(table.subscriber_id).where(
        table.delivery_id == chunk.delivery_id, table.mailbox_key == moved_to
    )
    if connection.execute(taken).first() is not None:
        return False
    connection.execute(
        update(recipients)
        .where(table.delivery_id == chunk.delivery_id, table.subscriber_id == number)
        .values(mailbox_key=moved_to)
    )
    return True


def _note(connection: Connection, chunk: Row[Any], excluded: Mapping[int, FactKind], now: int) -> None:
    same = {"delivery_id": chunk.delivery_id, "chunk_id": chunk.id, "at": now}
    rows = [{"subscriber_id": number, "kind": kind, **same} for number, kind in excluded.items()]
    connection.execute(insert(facts), rows)


def _bounds(chunk: Row[Any]) -> dict[str, int]:
    return {"delivery": chunk.delivery_id, "low": chunk.low, "high": chunk.high}


def _whole(chunk: Row[Any]) -> dict[str, int]:
    return {**_bounds(chunk), "variant": chunk.variant}


_IN_CHUNK = (
    recipients.c.delivery_id == bindparam("delivery"),
    recipients.c.variant == bindparam("variant"),
    recipients.c.subscriber_id.between(bindparam("low"), bindparam("high")),
)
_PEOPLE = (
    select(recipients.c.subscriber_id, subscribers.c.deliverable)
    .join(subscribers, subscribers.c.id == recipients.c.subscriber_id)
    .where(*_IN_CHUNK)
)
_FORGET = delete(facts).where(
    facts.c.delivery_id == bindparam("delivery"),
    facts.c.subscriber_id.between(bindparam("low"), bindparam("high")),
    facts.c.chunk_id == bindparam("chunk"),
    facts.c.kind.in_(EXCLUDED),
)


def _recipients() -> Select[Any]:
    newsletter: BindParameter[str] = bindparam("newsletter")
    suppressed = exists().where(
        suppressions.c.mailbox_key == subscribers.c.mailbox_key,
        or_(suppressions.c.newsletter == EVERY, suppressions.c.newsletter == newsletter),
    )
    left = or_(subscriptions.c.state.is_(None), subscriptions.c.state != SubscriptionState.CONFIRMED)
    reason = case(
        (subscribers.c.id.is_(None), FactKind.ERASED.value),
        (suppressed, FactKind.SUPPRESSED.value),
        (left, FactKind.LEFT.value),
        else_=null(),
    )
    moved = subscribers.c.mailbox_key != recipients.c.mailbox_key
    subscription = (subscriptions.c.subscriber_id == recipients.c.subscriber_id) & (
        subscriptions.c.newsletter == newsletter
    )
    return (
        select(
            recipients.c.subscriber_id,
            subscribers.c.deliverable,
            reason.label("reason"),
            case((moved, subscribers.c.mailbox_key), else_=null()).label("moved_to"),
        )
        .select_from(
            recipients.outerjoin(subscribers, subscribers.c.id == recipients.c.subscriber_id).outerjoin(
                subscriptions, subscription
            )
        )
        .where(*_IN_CHUNK)
        .order_by(recipients.c.subscriber_id)
    )


_RECIPIENTS = _recipients()
