"""The words of the ledger: one list each, used in code, database, reports and logs alike."""

from __future__ import annotations

from enum import StrEnum


class DeliveryState(StrEnum):
    """An issue on its way: ``sent`` means that the provider took everything that could be handed over."""

    SENDING = "sending"
    PAUSED = "paused"
    NEEDS_REVIEW = "needs_review"
    SENT = "sent"
    STOPPED = "stopped"


OVER = (DeliveryState.SENT, DeliveryState.STOPPED)


class ChunkState(StrEnum):
    """One request and what is certain about it."""

    PENDING = "pending"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    CANCELLING = "cancelling"  # its batch is being cancelled; unknown until that is certain
    REJECTED = "rejected"  # one person, refused by the provider
    WRITTEN_OFF = "written_off"  # a person decided not to send again
    STOPPED = "stopped"
    SPLIT = "split"  # replaced by two children
    VOID = "void"  # certainly never left; replaced by one child


REPLACED = (ChunkState.SPLIT, ChunkState.VOID)
OPEN = (ChunkState.PENDING, ChunkState.CLAIMED, ChunkState.UNKNOWN, ChunkState.CANCELLING)


class FactKind(StrEnum):
    """What is known of one person's mail; each at most once a person and issue."""

    PROCESSED = "processed"
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    BOUNCED = "bounced"  # hard
    BLOCKED = "blocked"  # soft
    DROPPED = "dropped"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    REJECTED = "rejected"  # by the provider, before any event
    LEFT = "left"  # excluded at the claim: unsubscribed since the freeze
    SUPPRESSED = "suppressed"
    ERASED = "erased"
    DUPLICATE = "duplicate"  # the mailbox belongs to another recipient by now
    STRAY = "stray"  # an event of a request that should never have left


EXCLUDED = (FactKind.LEFT, FactKind.SUPPRESSED, FactKind.ERASED, FactKind.DUPLICATE)

WORDS = {
    "sending": "配信中",
    "paused": "一時停止",
    "needs_review": "確認待ち",
    "sent": "配信済み",
    "stopped": "中止",
    "accepted": "受付済み",
    "pending": "これから",
    "claimed": "送信中",
    "unknown": "結果不明",
    "cancelling": "取消確認中",
    "rejected": "宛先を拒否",
    "written_off": "再送しない",
    "excluded": "直前に除外",
    "no_content": "希望分野の記事なし",
    "hard_bounce": "恒久的不達で停止中",
    "soft_bounce": "一時的不達が続き停止中",
    "complaint": "迷惑メール申告で停止中",
    "unsubscribe": "配信停止の申し出",
    "manual": "手で停止",
    "processed": "処理",
    "delivered": "到達",
    "deferred": "遅延",
    "bounced": "恒久的不達",
    "blocked": "一時的不達",
    "dropped": "送信されず",
    "complained": "迷惑メール申告",
    "unsubscribed": "配信停止",
    "left": "直前に配信停止",
    "suppressed": "直前に停止リスト",
    "erased": "直前に消去",
    "duplicate": "同じ宛先",
    "stray": "取り消したはずの送信",
    "late": "予定の時刻を大きく過ぎました",
    "restored": "控えから戻した台帳です",
    "candidates": "候補",
    "recipients": "宛先",
}
"""Every word above, and every reason of an exclusion, as staff read it."""
