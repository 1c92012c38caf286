"""決裁: who may do what to an issue in which state, bound to the fingerprint of its frozen bytes."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from generator.clock import TOKYO
from generator.errors import RefusedError
from newsletters.declaration import Newsletter
from newsletters.issue.frozen import FrozenIssue, load_approved, verify
from newsletters.store import IssueStore, Record, Step


class IssueState(StrEnum):
    """号の状態; one list for code, database, screens and logs."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    PREPARING = "preparing"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What can be done to an issue."""

    SUBMIT_FOR_APPROVAL = "submit_for_approval"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    REJECT = "reject"
    RETURN = "return"  # the frozen bytes or the draft are no longer what was approved
    SCHEDULE = "schedule"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    PREPARE = "prepare"
    START = "start"
    FINISH = "finish"
    FAIL = "fail"


class Edge(NamedTuple):
    """From which states an action leads, and to which."""

    sources: frozenset[IssueState]
    target: IssueState


S = IssueState
TRANSITIONS: dict[Action, Edge] = {
    Action.SUBMIT_FOR_APPROVAL: Edge(
        frozenset({S.DRAFT, S.IN_REVIEW, S.APPROVED, S.SCHEDULED, S.CANCELLED}), S.IN_REVIEW
    ),
    Action.APPROVE: Edge(frozenset({S.IN_REVIEW}), S.APPROVED),
    Action.SEND_BACK: Edge(frozenset({S.IN_REVIEW}), S.DRAFT),
    Action.REJECT: Edge(frozenset({S.IN_REVIEW}), S.CANCELLED),
    Action.RETURN: Edge(frozenset({S.APPROVED, S.SCHEDULED}), S.IN_REVIEW),
    Action.SCHEDULE: Edge(frozenset({S.APPROVED}), S.SCHEDULED),
    Action.RESCHEDULE: Edge(frozenset({S.SCHEDULED}), S.SCHEDULED),
    Action.CANCEL: Edge(frozenset({S.DRAFT, S.IN_REVIEW, S.APPROVED, S.SCHEDULED}), S.CANCELLED),
    Action.PREPARE: Edge(frozenset({S.SCHEDULED}), S.PREPARING),
    Action.START: Edge(frozenset({S.PREPARING}), S.SUBMITTING),
    Action.FINISH: Edge(frozenset({S.SUBMITTING}), S.SUBMITTED),
    Action.FAIL: Edge(frozenset({S.PREPARING, S.SUBMITTING}), S.FAILED),
}
OPEN = frozenset({S.DRAFT})
"""An issue in this state is with its author."""
UNSENT = frozenset({S.DRAFT, S.IN_REVIEW, S.APPROVED, S.SCHEDULED})
"""An issue in one of these is still within the house."""
GONE = frozenset({S.PREPARING, S.SUBMITTING, S.SUBMITTED, S.FAILED})
"""An issue in one of these is with its readers, or some of them: its files are history."""
WORDS: dict[str, str] = {
    S.DRAFT: "起案中",
    S.IN_REVIEW: "回議中",
    S.APPROVED: "決裁済み",
    S.SCHEDULED: "配信待ち",
    S.PREPARING: "宛先の確定中",
    S.SUBMITTING: "配信中",
    S.SUBMITTED: "配信済み",
    S.FAILED: "配信失敗",
    S.CANCELLED: "取りやめ",
}
ACTION_WORDS: dict[str, str] = {
    Action.SUBMIT_FOR_APPROVAL: "起案",
    Action.APPROVE: "決裁",
    Action.SEND_BACK: "差戻し",
    Action.REJECT: "却下",
    Action.RETURN: "回議へ戻す",
    Action.SCHEDULE: "配信の予約",
    Action.RESCHEDULE: "予約の変更",
    Action.CANCEL: "取りやめ",
    Action.PREPARE: "宛先の確定",
    Action.START: "配信の開始",
    Action.FINISH: "配信の完了",
    Action.FAIL: "配信の失敗",
    "freeze-audience": "宛先の確定",  # the words that delivery writes
    "submitted": "配信の完了",
    "delivery-paused": "配信の一時停止",
    "delivery-sending": "配信の再開",
    "delivery-stopped": "配信の中止",
}


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, when, why and in whose place (代決)."""

    who: str
    at: datetime
    reason: str = ""
    on_behalf_of: str = ""


class ApprovalDesk:
    """Moves issues along ``TRANSITIONS``; every refusal is a ``RefusedError`` that says what to do."""

    def __init__(self, store: IssueStore) -> None:
        self._store = store

    def refuse_unless_open(self, key: str) -> None:
        """Refuse an issue that can no longer be put before its approver, before any of its files is touched."""
        if record := self._store.find(key):
            self._check_edge(record, Action.SUBMIT_FOR_APPROVAL)

    def submit_for_approval(self, frozen: FrozenIssue, act: Act, *, author: str = "") -> Record:
        """Put a frozen issue before its approver; an earlier approval of other bytes is void.

        ``author`` wrote it, where somebody else submits it; neither of the two may approve it.
        """
        _require_person(act)
        fresh = Record(
            key=frozen.key,
            newsletter=frozen.newsletter,
            issue_date=frozen.issue_date,
            number=frozen.number,
            state=S.IN_REVIEW,
            author=author.strip() or act.who,
            fingerprint=frozen.fingerprint,
        )
        step = _step(Action.SUBMIT_FOR_APPROVAL, act, S.IN_REVIEW, frozen.fingerprint)
        if self._store.begin(fresh, step):
            return fresh
        before = self._get(frozen.key)
        self._check_edge(before, Action.SUBMIT_FOR_APPROVAL)
        return self._move(before, fresh, step)

    def approve(self, frozen: FrozenIssue, act: Act, *, shown: str) -> Record:
        """Approve the bytes whose fingerprint (at least 12 characters of it) was shown to another than the author."""
        _require_person(act)
        before = self._get(frozen.key)
        self._check_edge(before, Action.APPROVE)
        self._refuse_author(before, act)
        if len(shown) < 12 or not before.fingerprint.startswith(shown):
            raise RefusedError(
                f"{before.key}: 指紋「{shown}」は回議中の号の指紋（{before.fingerprint[:12]}…）と違います。画面の指紋を確かめてください"
            )
        verify(frozen, before.fingerprint)
        after = replace(before, state=S.APPROVED, approved_fingerprint=frozen.fingerprint)
        return self._move(before, after, _step(Action.APPROVE, act, S.APPROVED, frozen.fingerprint))

    def _refuse_author(self, record: Record, act: Act) -> None:
        """An author's second hand is still the author's: the writer, who submitted, and either as 代決."""
        submitted = [s.who for s in self._store.steps(record.key) if s.action == Action.SUBMIT_FOR_APPROVAL]
        authors = {_plain(name): name for name in (record.author, *submitted[-1:])}
        for name in (act.who, act.on_behalf_of):
            if name and _plain(name) in authors:
                raise RefusedError(
                    f"{record.key}: 起案者（{authors[_plain(name)]}）は自分の号を決裁できません。"
                    "別の方が決裁してください"
                )

    def send_back(self, key: str, act: Act) -> Record:
        """差戻し, with a reason."""
        return self._with_reason(key, Action.SEND_BACK, act)

    def reject(self, key: str, act: Act) -> Record:
        """却下, with a reason; the number stays taken."""
        return self._with_reason(key, Action.REJECT, act)

    def cancel(self, key: str, act: Act) -> Record:
        """取りやめ, with a reason, at any time before the audience is frozen."""
        return self._with_reason(key, Action.CANCEL, act)

    def schedule(self, frozen: FrozenIssue, newsletter: Newsletter, submit_at: datetime, act: Act) -> Record:
        """Give an approved issue its moment, or a scheduled one another."""
        _require_person(act)
        before = self._get(frozen.key)
        action = Action.RESCHEDULE if before.state == S.SCHEDULED else Action.SCHEDULE
        self._check_edge(before, action)
        verify(frozen, before.approved_fingerprint)
        local = submit_at.astimezone(TOKYO)
        if local <= act.at:
            raise RefusedError(
                f"{before.key}: 配信日時 {local:%Y-%m-%d %H:%M} はもう過ぎています。--at で指定してください"
            )
        cadence = newsletter.cadence
        if cadence.is_quiet(local.time()):
            raise RefusedError(
                f"{before.key}: {local:%H:%M} は送らない時間帯です（{cadence.quiet_from:%H:%M}〜"
                f"{cadence.quiet_until:%H:%M}）。--at でほかの時刻を指定してください"
            )
        after = replace(before, state=S.SCHEDULED, submit_at=submit_at)
        return self._move(before, after, _step(action, act, S.SCHEDULED, frozen.fingerprint))

    def load_sendable(self, key: str, path: Path, draft: bytes | None, act: Act) -> FrozenIssue:
        """Return the approved issue, or send it back to review when any byte of it or of its draft has changed."""
        before = self._get(key)
        if before.state not in {S.APPROVED, S.SCHEDULED, S.PREPARING, S.SUBMITTING}:
            raise RefusedError(f"{key}: {WORDS[before.state]}の号は送れません。決裁を受けてください")
        try:
            frozen = load_approved(path, before.approved_fingerprint)
            _check_same(before, frozen, draft)
        except RefusedError as refusal:
            if before.state in TRANSITIONS[Action.RETURN].sources:
                self.give_back(before, replace(act, reason=str(refusal)))
            raise
        return frozen

    def give_back(self, before: Record, act: Act) -> Record:
        """Return a changed issue to review; its approval is void."""
        after = replace(before, state=S.IN_REVIEW, approved_fingerprint="", submit_at=None)
        return self._move(before, after, _step(Action.RETURN, act, S.IN_REVIEW, before.fingerprint))

    def advance(self, key: str, action: Action, act: Act) -> Record:
        """Move an issue along delivery's own edges: prepare, start, finish, fail."""
        before = self._get(key)
        self._check_edge(before, action)
        target = TRANSITIONS[action].target
        submitted_at = act.at if action is Action.FINISH else before.submitted_at
        after = replace(before, state=target, submitted_at=submitted_at)
        return self._move(before, after, _step(action, act, target, before.approved_fingerprint))

    def _with_reason(self, key: str, action: Action, act: Act) -> Record:
        _require_person(act)
        if not act.reason.strip():
            raise RefusedError(f"{key}: 理由を書いてください（--reason）")
        before = self._get(key)
        self._check_edge(before, action)
        target = TRANSITIONS[action].target
        after = replace(before, state=target, approved_fingerprint="", submit_at=None)
        return self._move(before, after, _step(action, act, target, before.fingerprint))

    def _get(self, key: str) -> Record:
        record = self._store.find(key)
        if record is None:
            raise RefusedError(
                f"{key}: まだ回議に出ていません。koho newsletters submit-for-approval をしてください"
            )
        return record

    def _check_edge(self, record: Record, action: Action) -> None:
        if record.state not in TRANSITIONS[action].sources:
            raise RefusedError(
                f"{record.key}: {WORDS[record.state]}の号には「{ACTION_WORDS[action]}」はできません。"
                "koho newsletters status で確かめてください"
            )

    def _move(self, before: Record, after: Record, step: Step) -> Record:
        if not self._store.move(before, after, step):
            raise RefusedError(
                f"{before.key}: ほかの方が先に動かしました。koho newsletters status で確かめてください"
            )
        return after


def _check_same(record: Record, frozen: FrozenIssue, draft: bytes | None) -> None:

    if (frozen.key, frozen.number) != (record.key, record.number):
        raise RefusedError(
            f"{record.key}: 凍結した号は {frozen.key} 第{frozen.number}号です。もう一度決裁を受けてください"
        )
    if draft is None or hashlib.sha256(draft).hexdigest() != frozen.draft_sha256:
        raise RefusedError(f"{record.key}: 決裁のあとで原稿が変わりました。もう一度決裁を受けてください")


def _plain(name: str) -> str:
    """Return a name as people mean it: 起案 花子 is 起案花子."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def _require_person(act: Act) -> None:
    if not act.who.strip():
        raise RefusedError("だれがするのかを書いてください（--by 氏名）")


def _step(action: Action, act: Act, state: IssueState, fingerprint: str) -> Step:
    return Step(act.at, act.who, action, state, act.reason, act.on_behalf_of, fingerprint)
