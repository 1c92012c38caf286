"""Where the issues of the next weeks stand, what is missing, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from generator.clock import fiscal_year
from generator.errors import ContentError
from newsletters.approval import WORDS, IssueState
from newsletters.calendar import Slot
from newsletters.declaration import Newsletter
from newsletters.issue.archive import submissions
from newsletters.issue.draft import draft_days
from newsletters.issue.frozen import FrozenIssue, frozen_path, load_frozen
from newsletters.issue.rendering import variant_key, variant_title
from newsletters.store import IssueStore, Record
from newsletters.studio import Studio

LOOK_BACK = timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class Stage:
    """One issue on its way; ``command`` is what brings it on, for ``who``."""

    day: date
    newsletter: str
    title: str
    number: int
    state: str
    days_left: int
    missing: str
    who: str
    command: str


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One date of a year's calendar, and what became of it."""

    day: date
    number: int  # 0: a date by the rule on which nothing was issued
    by_rule: date
    shifted: str
    state: str
    corrects: str  # date of the issue that this 訂正号 corrects; it is none of the plan's 回
    not_sent: tuple[str, ...]  # variants that held no item


def calendar_days(
    studio: Studio, store: IssueStore, newsletter: Newsletter, year: int
) -> Iterator[CalendarDay]:
    """Yield a fiscal year's dates in order."""
    known = _Known.of(studio, store, newsletter)
    for slot in studio.slots(newsletter, year):
        state = known.state(slot.issue_date)
        frozen = known.frozen(slot.issue_date)
        yield CalendarDay(
            day=slot.issue_date,
            number=slot.number,
            by_rule=slot.rule_date,
            shifted=slot.shifted if slot.number else "",
            state=WORDS.get(state, ""),
            corrects=frozen.corrects if frozen else known.drafted_correction(slot.issue_date),
            not_sent=_empty_variants(frozen, newsletter) if frozen else (),
        )


@dataclass(frozen=True)
class _Known:
    """What the store and the files say of a newsletter's issues."""

    studio: Studio
    newsletter: Newsletter
    records: Mapping[date, Record]
    sent: frozenset[date]
    drafted: frozenset[date]

    @classmethod
    def of(cls, studio: Studio, store: IssueStore, newsletter: Newsletter) -> _Known:
        name = newsletter.name
        return cls(
            studio,
            newsletter,
            {record.issue_date: record for record in store.records(name)},
            frozenset(s.issue_date for s in submissions(studio.content, name)),
            frozenset(draft_days(studio.content, name)),
        )

    def state(self, day: date) -> str:
        """Return the state of a day's issue; empty where nobody began it."""
        if day in self.sent:
            return IssueState.SUBMITTED
        if record := self.records.get(day):
            return record.state
        return IssueState.DRAFT if day in self.drafted else ""

    def frozen(self, day: date) -> FrozenIssue | None:
        path = frozen_path(self.studio.content, self.newsletter.name, day)
        return load_frozen(path) if path.exists() else None

    def drafted_correction(self, day: date) -> str:
        """Return which issue a draft corrects; a draft that cannot be read is told of by ``check``."""
        if day not in self.drafted:
            return ""
        try:
            return self.studio.read(self.newsletter.name, day).corrects
        except ContentError:
            return ""


def _empty_variants(frozen: FrozenIssue, newsletter: Newsletter) -> tuple[str, ...]:
    sets = {variant_key(choices, newsletter): choices for choices in newsletter.topic_sets()}
    return tuple(variant_title(sets[key], newsletter) for key in sets if key not in frozen.variants)


def stages(
    studio: Studio, store: IssueStore, newsletter: Newsletter, *, on: date, weeks: int
) -> Iterator[Stage]:
    """Yield the issues of the next weeks, and those of the last four that never left."""
    known = _Known.of(studio, store, newsletter)
    years = range(fiscal_year(on - LOOK_BACK), fiscal_year(on + timedelta(weeks=weeks)) + 1)
    for slot in (slot for year in years for slot in studio.slots(newsletter, year)):
        state = known.state(slot.issue_date)
        is_late = slot.issue_date < on
        is_over = slot.issue_date in known.sent or state == IssueState.CANCELLED
        if not on - LOOK_BACK <= slot.issue_date <= on + timedelta(weeks=weeks):
            continue
        if not slot.number or (is_late and (is_over or not state)):
            continue  # over, or a date that nobody ever worked on
        yield _stage(known, slot, on)


def _stage(known: _Known, slot: Slot, on: date) -> Stage:
    newsletter, day = known.newsletter, slot.issue_date
    state = known.state(day)
    missing, who, command = _NEXT[state]
    if state == IssueState.DRAFT and day not in known.records:
        missing = "確かめと起案"
    if state == IssueState.SUBMITTED and day not in known.sent:
        missing, who, command = "バックナンバーの記録", "担当", "run-due"
    return Stage(
        day=day,
        newsletter=newsletter.name,
        title=newsletter.heading + ("（訂正号）" if known.drafted_correction(day) else ""),
        number=slot.number,
        state=WORDS[state] if state else "未着手",
        days_left=(day - on).days,
        missing=missing,
        who=who,
        command=f"koho newsletters {command.format(newsletter.name, day)}" if command else "",
    )


_NEXT: dict[str, tuple[str, str, str]] = {
    "": ("原稿", "起案者", "draft {0} {1}"),
    IssueState.DRAFT: ("差戻しの直し", "起案者", "submit-for-approval {0} {1}"),
    IssueState.IN_REVIEW: ("決裁", "決裁者", "review {0} {1}"),
    IssueState.APPROVED: ("配信の予約", "担当", "schedule {0} {1}"),
    IssueState.SCHEDULED: ("", "", ""),
    IssueState.PREPARING: ("", "担当", "progress"),
    IssueState.SUBMITTING: ("", "担当", "progress"),
    IssueState.SUBMITTED: ("", "", ""),
    IssueState.CANCELLED: ("", "", ""),
    IssueState.FAILED: ("配信の確かめ", "担当", "report {0}/{1}"),
}
