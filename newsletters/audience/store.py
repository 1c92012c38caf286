"""The audience store: SQLite by default, PostgreSQL by URL; every act is one transaction with its consent record."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from generator.errors import RefusedError
from generator.mail.address import MailAddress, parse_address
from generator.settings import Settings
from generator.storage.database import insert_into, open_database, writing
from newsletters.audience.keyring import Keyring, load_keyring
from newsletters.audience.model import (
    Consent,
    Subscriber,
    Subscription,
    SubscriptionState,
    SuppressionReason,
)
from newsletters.audience.tables import consents, subscribers, subscriptions, suppressions
from newsletters.tables import audience_url

EVERY = ""
"""In place of a newsletter's name: all of them."""


class Audience:
    """Who is written to. No method logs or raises an address."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self.engine = engine
        self.keyring = keyring
        self._writing = writing(engine)

    def subscribe(
        self,
        address: str,
        newsletter: str,
        consent: Consent,
        *,
        topics: Collection[str] = (),
        language: str = "ja",
        state: SubscriptionState = SubscriptionState.UNCONFIRMED,
    ) -> int:
        """Register a mailbox and return its number; as ``enter``, in a transaction of its own."""
        with self._writing.begin() as connection:
            number, _ = self.enter(
                connection,
                parse_address(address),
                newsletter,
                consent,
                topics=topics,
                language=language,
                state=state,
            )
        return number

    def enter(
        self,
        connection: Connection,
        address: MailAddress,
        newsletter: str,
        consent: Consent,
        *,
        topics: Collection[str] = (),
        language: str = "ja",
        state: SubscriptionState = SubscriptionState.UNCONFIRMED,
    ) -> tuple[int, SubscriptionState]:
        """Register a mailbox inside the caller's write transaction; return its number and where it stands now.

        One that is confirmed already stays so and keeps its topics. Raises ``RefusedError`` for a mailbox that is
        suppressed by a complaint, a hard bounce or by hand; nothing was written then.
        """
        key = self.keyring.mailbox_key(address.mailbox)
        reasons = _reasons(connection, key, newsletter) - {SuppressionReason.UNSUBSCRIBE}
        if reasons:
            raise RefusedError(f"配信停止リストにある宛先です（{', '.join(sorted(reasons))}）")
        number, is_new = self._number(connection, address, key, consent.at)
        current = None if is_new else _subscription(connection, number, newsletter)
        if current and current.state is SubscriptionState.CONFIRMED:
            return number, current.state
        _put(connection, Subscription(number, newsletter, state, _sorted(topics), language, consent.at))
        if state is SubscriptionState.CONFIRMED:
            _release(connection, key, newsletter)
        self._record(connection, number, key, newsletter, state, consent)
        return number, state

    def confirm(self, subscriber_id: int, newsletter: str, consent: Consent) -> bool:
        """Turn 仮登録 into 本登録; False when there is nothing to confirm (left meanwhile, or confirmed before)."""
        with self._writing.begin() as connection:
            current = _subscription(connection, subscriber_id, newsletter)
            if current is None or current.state is not SubscriptionState.UNCONFIRMED:
                return False
            key = _key_of(connection, subscriber_id)
            _set_state(connection, current, SubscriptionState.CONFIRMED, consent.at)
            _release(connection, key, newsletter)
            self._record(connection, subscriber_id, key, newsletter, SubscriptionState.CONFIRMED, consent)
        return True

    def unsubscribe(self, subscriber_id: int, newsletter: str, *, at: int, how: str) -> bool:
        """Leave one newsletter, or ``EVERY``; doing it again is harmless. False when nobody has that number."""
        with self._writing.begin() as connection:
            key = _find_key(connection, subscriber_id)
            if key is None:
                return False
            left = False
            for current in _subscriptions(connection, subscriber_id):
                if newsletter not in {EVERY, current.newsletter}:
                    continue
                if current.state is not SubscriptionState.UNSUBSCRIBED:
                    left = True
                    _set_state(connection, current, SubscriptionState.UNSUBSCRIBED, at)
            suppress(connection, key, newsletter, SuppressionReason.UNSUBSCRIBE, at=at, source=how)
            if left:
                act = SubscriptionState.UNSUBSCRIBED
                self._record(connection, subscriber_id, key, newsletter, act, Consent(at, how, ""))
        return True

    def choose_topics(self, subscriber_id: int, newsletter: str, topics: Collection[str]) -> bool:
        """Set the topics of a subscription; none means everything."""
        with self._writing.begin() as connection:
            done = connection.execute(
                update(subscriptions)
                .where(
                    subscriptions.c.subscriber_id == subscriber_id, subscriptions.c.newsletter == newsletter
                )
                .values(topics=",".join(_sorted(topics)))
            )
        return done.rowcount > 0

    def suppress(self, address: str, reason: SuppressionReason, *, at: int, source: str = "") -> None:
        """Put a mailbox on the suppression list by hand; it need not be a subscriber."""
        key = self.keyring.mailbox_key(parse_address(address).mailbox)
        with self._writing.begin() as connection:
            suppress(connection, key, EVERY, reason, at=at, source=source)

    def erase(self, subscriber_id: int, *, at: int) -> bool:
        """Forget a person: address and choices go, the keyed hash stays so that nobody writes to them again."""
        with self._writing.begin() as connection:
            key = _find_key(connection, subscriber_id)
            if key is None:
                return False
            suppress(connection, key, EVERY, SuppressionReason.UNSUBSCRIBE, at=at, source="erase")
            connection.execute(
                update(consents).where(consents.c.subscriber_id == subscriber_id).values(subscriber_id=None)
            )
            connection.execute(delete(subscriptions).where(subscriptions.c.subscriber_id == subscriber_id))
            connection.execute(delete(subscribers).where(subscribers.c.id == subscriber_id))
        return True

    def get(self, subscriber_id: int) -> Subscriber | None:
        """Return the subscriber with this number."""
        with self.engine.connect() as connection:
            row = connection.execute(_SUBSCRIBER.where(subscribers.c.id == subscriber_id)).one_or_none()
        return Subscriber(*row) if row else None

    def find(self, address: str) -> Subscriber | None:
        """Return the subscriber with this mailbox."""
        mailbox = parse_address(address).mailbox
        with self.engine.connect() as connection:
            row = connection.execute(_SUBSCRIBER.where(subscribers.c.mailbox == mailbox)).one_or_none()
        return Subscriber(*row) if row else None

    def subscriptions(self, subscriber_id: int) -> tuple[Subscription, ...]:
        """Return what somebody has chosen, by newsletter."""
        with self.engine.connect() as connection:
            return tuple(_subscriptions(connection, subscriber_id))

    def standing(
        self, connection: Connection, address: MailAddress, newsletter: str
    ) -> tuple[frozenset[SuppressionReason], SubscriptionState | None]:
        """Return why a mailbox is not written to, by any newsletter, and where it stands with this one."""
        key = self.keyring.mailbox_key(address.mailbox)
        reasons = connection.execute(select(suppressions.c.reason).where(suppressions.c.mailbox_key == key))
        query = (
            select(subscriptions.c.state)
            .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
            .where(subscribers.c.mailbox == address.mailbox, subscriptions.c.newsletter == newsletter)
        )
        state = connection.execute(query).scalar()
        why = frozenset(SuppressionReason(reason) for reason in reasons.scalars())
        return why, SubscriptionState(state) if state else None

    def suppressed(self, address: str) -> frozenset[SuppressionReason]:
        """Return why a mailbox is not written to."""
        key = self.keyring.mailbox_key(parse_address(address).mailbox)
        with self.engine.connect() as connection:
            rows = connection.execute(select(suppressions.c.reason).where(suppressions.c.mailbox_key == key))
            return frozenset(SuppressionReason(row.reason) for row in rows)

    def statistics(self) -> Mapping[str, Mapping[str, int]]:
        """Return numbers by newsletter and state; suppressions stand under their own name."""
        counted: dict[str, dict[str, int]] = {}
        by_state = select(subscriptions.c.newsletter, subscriptions.c.state, func.count())
        by_reason = select(suppressions.c.reason, func.count()).group_by(suppressions.c.reason)
        with self.engine.connect() as connection:
            grouped = by_state.group_by(subscriptions.c.newsletter, subscriptions.c.state)
            for newsletter, state, number in connection.execute(grouped):
                counted.setdefault(newsletter, {})[state] = number
            counted["suppressions"] = {row[0]: row[1] for row in connection.execute(by_reason)}
        return counted

    def export(self, newsletter: str) -> Iterator[tuple[str, Subscription]]:
        """Yield address and subscription of everybody in a newsletter, by number."""
        query = (
            select(subscribers.c.address, subscriptions)
            .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
            .where(subscriptions.c.newsletter == newsletter)
            .order_by(subscriptions.c.subscriber_id)
        )
        with self.engine.connect().execution_options(yield_per=5000) as connection:
            for row in connection.execute(query):
                yield row.address, _from_row(row)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def _number(self, connection: Connection, parsed: MailAddress, key: int, at: int) -> tuple[int, bool]:
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

    def _record(
        self,
        connection: Connection,
        number: int,
        key: int,
        newsletter: str,
        act: SubscriptionState,
        consent: Consent,
    ) -> None:
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


def open_audience(settings: Settings) -> Audience:
    """Open the audience of a project; ``koho db upgrade`` must have made its tables."""
    return Audience(open_database(audience_url(settings)), load_keyring(settings.project / "var"))


def suppress(
    connection: Connection, key: int, newsletter: str, reason: SuppressionReason, *, at: int, source: str
) -> None:
    """Add a suppression; it is only ever added, so order and repetition do not matter."""
    table = suppressions.c
    where = (table.mailbox_key == key, table.newsletter == newsletter, table.reason == reason)
    if connection.execute(select(table.at).where(*where)).scalar() is None:
        row = {"mailbox_key": key, "newsletter": newsletter, "reason": reason, "at": at, "source": source}
        try:
            with connection.begin_nested():
                connection.execute(insert(suppressions).values(row))
        except IntegrityError:  # PostgreSQL: somebody else was a moment earlier
            return


def _putting(dialect: str) -> Any:
    new = insert_into(subscriptions, dialect)
    changed = {name: new.excluded[name] for name in ("state", "topics", "language", "since")}
    return new.on_conflict_do_update(index_elements=["newsletter", "subscriber_id"], set_=changed)


# Statements of every sign-up, put together once: making them costs more than running them.
_DIALECTS = ("sqlite", "postgresql")
_SUBSCRIBER = select(subscribers.c.id, subscribers.c.address, subscribers.c.deliverable)
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


def _sorted(topics: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(set(topics)))


def _from_row(row: object) -> Subscription:
    values = row._mapping  # type: ignore[attr-defined]  # noqa: SLF001  # SQLAlchemy's public name for it
    topics = tuple(values["topics"].split(",")) if values["topics"] else ()
    state = SubscriptionState(values["state"])
    return Subscription(
        values["subscriber_id"], values["newsletter"], state, topics, values["language"], values["since"]
    )


def _subscriptions(connection: Connection, subscriber_id: int) -> list[Subscription]:
    return [_from_row(row) for row in connection.execute(_SUBSCRIPTIONS, {"number": subscriber_id})]


def _subscription(connection: Connection, subscriber_id: int, newsletter: str) -> Subscription | None:
    return next((s for s in _subscriptions(connection, subscriber_id) if s.newsletter == newsletter), None)


def _put(connection: Connection, subscription: Subscription) -> None:
    values = {
        "subscriber_id": subscription.subscriber_id,
        "newsletter": subscription.newsletter,
        "state": subscription.state,
        "topics": ",".join(subscription.topics),
        "language": subscription.language,
        "since": subscription.since,
    }
    connection.execute(_PUT_SUBSCRIPTION[connection.dialect.name], values)


def _set_state(connection: Connection, current: Subscription, state: SubscriptionState, at: int) -> None:
    table = subscriptions.c
    connection.execute(
        update(subscriptions)
        .where(table.subscriber_id == current.subscriber_id, table.newsletter == current.newsletter)
        .values(state=state, since=at)
    )


def _find_key(connection: Connection, subscriber_id: int) -> int | None:
    return connection.execute(
        select(subscribers.c.mailbox_key).where(subscribers.c.id == subscriber_id)
    ).scalar()


def _key_of(connection: Connection, subscriber_id: int) -> int:
    key = _find_key(connection, subscriber_id)
    if key is None:
        raise RefusedError(f"{subscriber_id}: この番号の読者はいません")
    return key


def _reasons(connection: Connection, key: int, newsletter: str) -> set[SuppressionReason]:
    rows = connection.execute(_REASONS, {"key": key, "name": newsletter})
    return {SuppressionReason(row.reason) for row in rows}


def _release(connection: Connection, key: int, newsletter: str) -> None:
    """Take back a refusal that the same person made earlier: they have just asked for the mail again."""
    connection.execute(
        delete(suppressions).where(
            suppressions.c.mailbox_key == key,
            suppressions.c.newsletter.in_([EVERY, newsletter]),
            suppressions.c.reason == SuppressionReason.UNSUBSCRIBE,
        )
    )
