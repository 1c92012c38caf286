"""Freezes the audience of an approved issue and proves, in the same transaction, that nobody was lost on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from generator.errors import RefusedError
from generator.mail.mailer import Limits
from generator.storage.database import writing
from newsletters.audience.rows import EVERY
from newsletters.audience.tables import subscribers, subscriptions, suppressions
from newsletters.delivery.journal import RESTORED
from newsletters.delivery.resolve import record_step
from newsletters.delivery.states import ChunkState, DeliveryState
from newsletters.delivery.tables import chunks, deliveries, exclusions, recipients, variants
from newsletters.issue.frozen import FrozenIssue
from newsletters.tables import issues

OCTETS_A_PERSON = 2_000
UNDER_WAY = ("scheduled", "preparing", "submitting")
"""States of an issue that may leave."""
NO_CONTENT = "no_content"
_NO_VARIANT = -1


@dataclass(frozen=True, slots=True)
class Frozen:
    """The counts of a frozen audience; ``candidates`` is always the sum of the others."""

    delivery_id: int
    candidates: int
    recipients: int
    excluded: dict[str, int]
    chunks: int


def freeze_audience(
    engine: Engine, issue: FrozenIssue, submit_at: datetime, limits: Limits, now: int, *, hold: str = ""
) -> int:
    """Freeze who gets which variant; return the delivery's number, also when it was frozen before.

    With ``hold`` (a reason) the delivery begins in review; held as ``RESTORED``, every chunk is unknown at first.
    Raises ``RefusedError`` when the counts do not add up; then nothing was written.
    """
    try:
        with writing(engine).begin() as connection:
            known = find_delivery(connection, issue.key)
            if known is not None:
                return known
            values = _first_values(issue, int(submit_at.timestamp()), now, hold)
            frozen = _freeze(connection, issue, values, limits)
            _leave_schedule(connection, issue.key, hold, now)
            return frozen.delivery_id
    except IntegrityError:
        with engine.connect() as connection:
            known = find_delivery(connection, issue.key)
        if known is None:
            raise
        return known


def _leave_schedule(connection: Connection, issue: str, hold: str, now: int) -> None:
    """From here on the issue can be neither cancelled nor moved; raises when it was, a moment ago."""
    query = select(issues.c.state).where(issues.c.key == issue).with_for_update()
    state = connection.execute(query).scalar()
    if state is not None and state not in UNDER_WAY:
        raise RefusedError(f"{issue}: 配信を始める前に取り消されました（{state}）。配信していません")
    if state == "scheduled":
        connection.execute(update(issues).where(issues.c.key == issue).values(state="submitting"))
        record_step(connection, issue, "freeze-audience", "koho", hold, now)


def find_delivery(connection: Connection, issue: str) -> int | None:
    """Return the delivery of an issue, or None when its audience is not frozen."""
    return connection.execute(select(deliveries.c.id).where(deliveries.c.issue == issue)).scalar()


def _first_values(issue: FrozenIssue, submit_at: int, now: int, hold: str) -> dict[str, Any]:
    return {
        "issue": issue.key,
        "newsletter": issue.newsletter,
        "fingerprint": issue.fingerprint,
        "state": DeliveryState.NEEDS_REVIEW if hold else DeliveryState.SENDING,
        "reason": hold,
        "submit_at": submit_at,
        "updated_at": now,
    }


def _freeze(connection: Connection, issue: FrozenIssue, values: dict[str, Any], limits: Limits) -> Frozen:
    inserted = connection.execute(insert(deliveries).values(values).returning(deliveries.c.id))
    number = int(inserted.scalar_one())
    keys = sorted(issue.variants)
    for position, key in enumerate(keys):
        connection.execute(insert(variants).values(delivery_id=number, variant=position, key=key))
    of_topics = _variants_of_topics(connection, issue, keys)
    candidates = connection.execute(_candidates(issue, func.count())).scalar_one()
    written = _write_recipients(connection, number, issue, of_topics)
    excluded = _count_excluded(connection, issue, of_topics)
    for reason, count in excluded.items():
        connection.execute(insert(exclusions).values(delivery_id=number, reason=reason, number=count))
    first = ChunkState.UNKNOWN if values["reason"] == RESTORED else ChunkState.PENDING
    made = _write_chunks(connection, number, _chunk_size(issue, limits), first, values["updated_at"])
    frozen = Frozen(number, candidates, written, excluded, made)
    _prove(connection, issue, frozen)
    connection.execute(
        deliveries.update().where(deliveries.c.id == number).values(candidates=candidates, recipients=written)
    )
    return frozen


def _candidates(issue: FrozenIssue, *columns: Any) -> Select[Any]:
    rule, table = issue.audience, subscriptions.c
    return (
        select(*columns)
        .select_from(subscriptions.join(subscribers, subscribers.c.id == table.subscriber_id))
        .where(
            table.newsletter == rule.newsletter, table.language == rule.language, table.state == rule.state
        )
    )


def _variants_of_topics(connection: Connection, issue: FrozenIssue, keys: list[str]) -> dict[str, int]:
    found = {}
    query = _candidates(issue, subscriptions.c.topics).group_by(subscriptions.c.topics)
    for (topics,) in connection.execute(query):
        variant = issue.variant_for(topics.split(",") if topics else ())
        found[topics] = keys.index(variant.key) if variant else _NO_VARIANT
    return found


def _suppression(issue: FrozenIssue) -> ColumnElement[bool]:
    return and_(
        suppressions.c.mailbox_key == subscribers.c.mailbox_key,
        or_(suppressions.c.newsletter == EVERY, suppressions.c.newsletter == issue.audience.newsletter),
    )


def _write_recipients(
    connection: Connection, number: int, issue: FrozenIssue, of_topics: dict[str, int]
) -> int:
    sending = {topics: variant for topics, variant in of_topics.items() if variant != _NO_VARIANT}
    if not sending:
        return 0
    variant = case(sending, value=subscriptions.c.topics, else_=_NO_VARIANT)
    query = _candidates(
        issue, literal(number), subscriptions.c.subscriber_id, variant, subscribers.c.mailbox_key
    )
    query = query.where(~exists().where(_suppression(issue)), subscriptions.c.topics.in_(sending)).order_by(
        subscriptions.c.subscriber_id
    )
    names = ["delivery_id", "subscriber_id", "variant", "mailbox_key"]
    connection.execute(insert(recipients).from_select(names, query))
    counted = select(func.count()).where(recipients.c.delivery_id == number)
    return int(connection.execute(counted).scalar_one())


def _count_excluded(connection: Connection, issue: FrozenIssue, of_topics: dict[str, int]) -> dict[str, int]:
    reason = select(func.min(suppressions.c.reason)).where(_suppression(issue)).scalar_subquery()
    query = _candidates(issue, reason.label("reason"), subscriptions.c.topics, func.count().label("number"))
    empty = [topics for topics, variant in of_topics.items() if variant == _NO_VARIANT]
    query = query.where(or_(exists().where(_suppression(issue)), subscriptions.c.topics.in_(empty)))
    counted: dict[str, int] = {}
    for row in connection.execute(query.group_by("reason", subscriptions.c.topics)):
        name = row.reason or NO_CONTENT
        counted[name] = counted.get(name, 0) + row.number
    return counted


def _chunk_size(issue: FrozenIssue, limits: Limits) -> int:
    letter = max((len(v.html.encode()) + len(v.text.encode()) for v in issue.variants.values()), default=0)
    room = (limits.octets - 2 * letter) // OCTETS_A_PERSON
    if room < 1:
        raise RefusedError(f"{issue.key}: 本文が大きすぎて配信できません（{letter:,}バイト）")
    return min(limits.recipients, room)


def _write_chunks(connection: Connection, number: int, size: int, state: ChunkState, now: int) -> int:
    table = recipients.c
    position = func.row_number().over(partition_by=table.variant, order_by=table.subscriber_id) - 1
    ranked = (
        select(table.subscriber_id, table.variant, (position // size).label("piece"))
        .where(table.delivery_id == number)
        .subquery()
    )
    person = ranked.c.subscriber_id
    query = (
        select(
            literal(number),
            ranked.c.variant,
            func.min(person),
            func.max(person),
            func.count(),
            literal(state.value),
            *(literal(0) for _ in range(6)),
            *(literal("") for _ in range(3)),
            literal(now),
        )
        .group_by(ranked.c.variant, ranked.c.piece)
        .order_by(ranked.c.variant, ranked.c.piece)
    )
    names = ["delivery_id", "variant", "low", "high", "size", "state"]
    names += ["excluded", "attempt", "fence", "lease_until", "not_before", "send_at"]
    names += ["batch_id", "provider_id", "reason", "updated_at"]
    connection.execute(insert(chunks).from_select(names, query))
    counted = select(func.count()).where(chunks.c.delivery_id == number)
    return int(connection.execute(counted).scalar_one())


def _prove(connection: Connection, issue: FrozenIssue, frozen: Frozen) -> None:
    total = select(func.coalesce(func.sum(chunks.c.size), 0)).where(
        chunks.c.delivery_id == frozen.delivery_id
    )
    in_chunks = connection.execute(total).scalar_one()
    accounted = frozen.recipients + sum(frozen.excluded.values())
    if accounted != frozen.candidates or in_chunks != frozen.recipients:
        raise RefusedError(
            f"{issue.key}: 宛先の数が合いません（候補 {frozen.candidates}、宛先 {frozen.recipients}、"
            f"除外 {sum(frozen.excluded.values())}、分割の合計 {in_chunks}）。配信していません"
        )
