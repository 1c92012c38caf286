"""The audience store: SQLite by default, PostgreSQL by URL; every act is one transaction with its consent record."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Connection, Engine, delete, func, select, update

from generator.errors import RefusedError
from generator.mail.address import MailAddress, parse_address
from generator.settings import Settings
from generator.storage.database import open_database, writing
from newsletters.audience.keyring import Keyring, load_keyring
from newsletters.audience.model import (
    Consent,
    Subscriber,
    Subscription,
    SubscriptionState,
    SuppressionReason,
)
from newsletters.audience.rows import (
    EVERY,
    enter_mailbox,
    find_key,
    find_subscription,
    get_key,
    put_subscription,
    reasons_of,
    record_consent,
    release,
    set_state,
    subscription_of,
    subscriptions_of,
    suppress,
)
from newsletters.audience.tables import consents, subscribers, subscriptions, suppressions
from newsletters.tables import audience_url


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
        reasons = reasons_of(connection, key, newsletter) - {SuppressionReason.UNSUBSCRIBE}
        if reasons:
            raise RefusedError(f"配信停止リストにある宛先です（{', '.join(sorted(reasons))}）")
        number, is_new = enter_mailbox(connection, address, key, consent.at)
        current = None if is_new else find_subscription(connection, number, newsletter)
        if current and current.state is SubscriptionState.CONFIRMED:
            return number, current.state
        put_subscription(
            connection, Subscription(number, newsletter, state, _sorted(topics), language, consent.at)
        )
        if state is SubscriptionState.CONFIRMED:
            release(connection, key, newsletter)
        record_consent(connection, number, key, newsletter, state, consent)
        return number, state

    def confirm(self, subscriber_id: int, newsletter: str, consent: Consent) -> bool:
        """Turn 仮登録 into 本登録; False when there is nothing to confirm (left meanwhile, or confirmed before)."""
        with self._writing.begin() as connection:
            current = find_subscription(connection, subscriber_id, newsletter)
            if current is None or current.state is not SubscriptionState.UNCONFIRMED:
                return False
            key = get_key(connection, subscriber_id)
            set_state(connection, current, SubscriptionState.CONFIRMED, consent.at)
            release(connection, key, newsletter)
            record_consent(connection, subscriber_id, key, newsletter, SubscriptionState.CONFIRMED, consent)
        return True

    def unsubscribe(self, subscriber_id: int, newsletter: str, *, at: int, how: str) -> bool:
        """Leave one newsletter, or ``EVERY``; doing it again is harmless. False when nobody has that number."""
        with self._writing.begin() as connection:
            key = find_key(connection, subscriber_id)
            if key is None:
                return False
            left = False
            for current in subscriptions_of(connection, subscriber_id):
                if newsletter not in {EVERY, current.newsletter}:
                    continue
                if current.state is not SubscriptionState.UNSUBSCRIBED:
                    left = True
                    set_state(connection, current, SubscriptionState.UNSUBSCRIBED, at)
            suppress(connection, key, newsletter, SuppressionReason.UNSUBSCRIBE, at=at, source=how)
            if left:
                act = SubscriptionState.UNSUBSCRIBED
                record_consent(connection, subscriber_id, key, newsletter, act, Consent(at, how, ""))
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
            key = find_key(connection, subscriber_id)
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
            return tuple(subscriptions_of(connection, subscriber_id))

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
                yield row.address, subscription_of(row)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def open_audience(settings: Settings) -> Audience:
    """Open the audience of a project; ``koho db upgrade`` must have made its tables."""
    return Audience(open_database(audience_url(settings)), load_keyring(settings.project / "var"))


def _sorted(topics: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(set(topics)))


_SUBSCRIBER = select(subscribers.c.id, subscribers.c.address, subscribers.c.deliverable)
