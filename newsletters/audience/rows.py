"""The rows behind the audience's acts, each within its caller's transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from generator.errors import RefusedError
from generator.mail.address import MailAddress
from generator.storage.database import insert_into
from newsletters.audience.model import Consent, Subscription, SubscriptionState, SuppressionReason
from newsletters.audience.tables import consents, subscribers, subscriptions, suppressions

EVERY = ""
"""In place of a newsletter's name: all of them."""


def enter_mailbox(connection: Connection, parsed: MailAddress, key: int, at: int) -> tuple[int, bool]:
    """Return the number of a mailbox and whether it is a new one."""
    values = {
        "address": parsed.given,
        "deliverable": parsed.deliverable,
        "mailbox": parsed.mailbox,
        "mailbox_key": key,
        "created_at": at,
    }
    new = connection.execute(_NEW_NUMBER[connection.dialect.name], values).scalar()
    if new is not None:
        return int(new), True
    query = select(subscribers.c.id).where(subscribers.c.mailbox == parsed.mailbox)
    return int(connection.execute(query).scalar_one()), False


def record_consent(
    connection: Connection,
    number: int,
    key: int,
    newsletter: str,
    act: SubscriptionState,
    consent: Consent,
) -> None:
    """Keep the evidence of an act; it is never changed."""
    values = {
        "subscriber_id": number,
        "mailbox_key": key,
        "newsletter": newsletter,
        "act": act,
        "at": consent.at,
        "how": consent.how,
        "wording": consent.wording,
        "source": consent.source,
    }
    connection.execute(_NEW_CONSENT, values)


def suppress(
    connection: Connection, key: int, newsletter: str, reason: SuppressionReason, *, at: int, source: str
) -> None:
    """Add a suppression; it is only ever added, so order and repetition do not matter."""
    row = {"mailbox_key": key, "newsletter": newsletter, "reason": reason, "at": at, "source": source}
    connection.execute(insert_into(suppressions, connection.dialect.name).on_conflict_do_nothing(), row)


def subscription_of(row: object) -> Subscription:
    """Read a row of ``subscriptions``."""
    values = row._mapping  # type: ignore[attr-defined]  # noqa: SLF001  # SQLAlchemy's public name for it
    topics = tuple(values["topics"].split(",")) if values["topics"] else ()
    state = SubscriptionState(values["state"])
    return Subscription(
        values["subscriber_id"], values["newsletter"], state, topics, values["language"], values["since"]
    )


def subscriptions_of(connection: Connection, subscriber_id: int) -> list[Subscription]:
    """Return what somebody ever asked for, by newsletter."""
    return [subscription_of(row) for row in connection.execute(_SUBSCRIPTIONS, {"number": subscriber_id})]


def find_subscription(connection: Connection, subscriber_id: int, newsletter: str) -> Subscription | None:
    """Return where somebody stands with one newsletter."""
    return next((s for s in subscriptions_of(connection, subscriber_id) if s.newsletter == newsletter), None)


def put_subscription(connection: Connection, subscription: Subscription) -> None:
    """Write a subscription over the one there was."""
    values = {
        "subscriber_id": subscription.subscriber_id,
        "newsletter": subscription.newsletter,
        "state": subscription.state,
        "topics": ",".join(subscription.topics),
        "language": subscription.language,
        "since": subscription.since,
    }
    connection.execute(_PUT_SUBSCRIPTION[connection.dialect.name], values)


def set_state(connection: Connection, current: Subscription, state: SubscriptionState, at: int) -> None:
    """Bring a subscription into a state."""
    table = subscriptions.c
    connection.execute(
        update(subscriptions)
        .where(table.subscriber_id == current.subscriber_id, table.newsletter == current.newsletter)
        .values(state=state, since=at)
    )


def find_key(connection: Connection, subscriber_id: int) -> int | None:
    """Return the keyed hash of a subscriber's mailbox."""
    return connection.execute(
        select(subscribers.c.mailbox_key).where(subscribers.c.id == subscriber_id)
    ).scalar()


def get_key(connection: Connection, subscriber_id: int) -> int:
    """Return the keyed hash of a subscriber's mailbox; raises ``RefusedError`` when nobody has that number."""
    key = find_key(connection, subscriber_id)
    if key is None:
        raise RefusedError(f"{subscriber_id}: この番号の読者はいません")
    return key


def reasons_of(connection: Connection, key: int, newsletter: str) -> set[SuppressionReason]:
    """Return why a newsletter does not write to a mailbox."""
    rows = connection.execute(_REASONS, {"key": key, "name": newsletter})
    return {SuppressionReason(row.reason) for row in rows}


def release(connection: Connection, key: int, newsletter: str) -> None:
    """Take back a refusal that the same person made earlier: they have just asked for the mail again."""
    connection.execute(
        delete(suppressions).where(
            suppressions.c.mailbox_key == key,
            suppressions.c.newsletter.in_([EVERY, newsletter]),
            suppressions.c.reason == SuppressionReason.UNSUBSCRIBE,
        )
    )


def _putting(dialect: str) -> Any:
    new = insert_into(subscriptions, dialect)
    changed = {name: new.excluded[name] for name in ("state", "topics", "language", "since")}
    return new.on_conflict_do_update(index_elements=["newsletter", "subscriber_id"], set_=changed)


# Statements of every sign-up, put together once: making them costs more than running them.
_DIALECTS = ("sqlite", "postgresql")
_NEW_NUMBER = {
    d: insert_into(subscribers, d).on_conflict_do_nothing().returning(subscribers.c.id) for d in _DIALECTS
}
_NEW_CONSENT = insert(consents)
_SUBSCRIPTIONS = (
    select(subscriptions)
    .where(subscriptions.c.subscriber_id == bindparam("number"))
    .order_by(subscriptions.c.newsletter)
)
_PUT_SUBSCRIPTION = {d: _putting(d) for d in _DIALECTS}
_REASONS = select(suppressions.c.reason).where(
    suppressions.c.mailbox_key == bindparam("key"), suppressions.c.newsletter.in_([EVERY, bindparam("name")])
)
