"""Subscribers, what they agreed to, and why somebody is not written to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SubscriptionState(StrEnum):
    """仮登録、本登録、配信停止."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"


class SuppressionReason(StrEnum):
    """Why a mailbox is on the suppression list (配信停止リスト)."""

    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCE = "soft_bounce"  # three issues running
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    MANUAL = "manual"


STATE_WORDS = {
    SubscriptionState.CONFIRMED: "本登録",
    SubscriptionState.UNCONFIRMED: "仮登録",
    SubscriptionState.UNSUBSCRIBED: "配信停止",
}
REASON_WORDS = {
    SuppressionReason.HARD_BOUNCE: "宛先がない（不達）",
    SuppressionReason.SOFT_BOUNCE: "三号続けて不達",
    SuppressionReason.COMPLAINT: "迷惑メールとして報告",
    SuppressionReason.UNSUBSCRIBE: "配信停止の申し出",
    SuppressionReason.MANUAL: "職員が登録（電話などの申し出）",
}
"""How staff read them."""


@dataclass(frozen=True, slots=True)
class Consent:
    """同意: when, how, the wording that was shown, and where it came from (page, paper form, fair)."""

    at: int
    how: str
    wording: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """読者: a mailbox; ``repr`` hides the address."""

    id: int
    address: str
    deliverable: str

    def __repr__(self) -> str:
        """Show the number alone: personal data stays out of logs."""
        return f"Subscriber({self.id})"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscriber's choice for one newsletter; no topics means everything."""

    subscriber_id: int
    newsletter: str
    state: SubscriptionState
    topics: tuple[str, ...]
    language: str
    since: int
