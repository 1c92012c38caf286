"""Where the issues of the next weeks stand, what is missing, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from generator.clock import fiscal_year
from newsletters.approval import WORDS, IssueState
from newsletters.calendar import Slot, year_slots
from newsletters.declaration import Newsletter
from newsletters.issue.archive import submissions
from newsletters.issue.draft import draft_path
from newsletters.issue.frozen import frozen_path, load_frozen
from newsletters.issue.rendering import variant_key, variant_title
from newsletters.store import IssueStore, Record
from newsletters.studio import Studio

DONE = {IssueState.SUBMITTED, IssueState.CANCELLED}
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
    not_sent: tuple[str, ...]  # variants that held no item


def calendar_days(
    studio: Studio, store: IssueStore, newsletter: Newsletter, year: int
) -> Iterator[CalendarDay]:
    """Yield a fiscal year's dates in order."""
    records = {record.issue_date: record for record in store.records(newsletter.name)}
    sent = {s.issue_date for s in submissions(studio.content, newsletter.name)}
    for slot in year_slots(newsletter, year, studio.taken_numbers(newsletter.name)):
        day, record = slot.issue_date, records.get(slot.issue_date)
        has_draft = draft_path(studio.content, newsletter.name, day).exists()
        state = _state(record, has_draft=has_draft, is_sent=day in sent)
        yield CalendarDay(
            day=day,
            number=slot.number,
            by_rule=slot.rule_date,
            shifted=slot.shifted if slot.number else "",
            state=WORDS.get(state, ""),
            not_sent=_empty_variants(studio.content, newsletter, day),
        )


def _empty_variants(content: Path, newsletter: Newsletter, day: date) -> tuple[str, ...]:
    path = frozen_path(content, newsletter.name, day)
    if not path.exists():
        return ()
    made = load_frozen(path).variants
    sets = {variant_key(choices, newsletter): choices for choices in newsletter.topic_sets()}
    return tuple(variant_title(sets[key], newsletter) for key in sets if key not in made)


def stages(
    studio: Studio, store: IssueStore, newsletter: Newsletter, *, on: date, weeks: int
) -> Iterator[Stage]:
    """Yield the issues of the next weeks, and those of the last four that never left."""
    content = studio.content
    known = {record.issue_date: record for record in store.records(newsletter.name)}
    sent = {s.issue_date for s in submissions(content, newsletter.name)}
    for slot in _slots(studio, newsletter, content, on):
        record = known.get(slot.issue_date)
        done = slot.issue_date in sent or (record is not None and record.state in DONE)
        is_late = slot.issue_date < on
        if (done and is_late) or not on - LOOK_BACK <= slot.issue_date <= on + timedelta(weeks=weeks):
            continue
        has_draft = draft_path(content, newsletter.name, slot.issue_date).exists()
        if is_late and record is None and not has_draft:
            continue  # a date that nobody ever worked on
        yield _stage(newsletter, slot, record, on, has_draft=has_draft, is_sent=slot.issue_date in sent)


def _slots(studio: Studio, newsletter: Newsletter, content: Path, on: date) -> list[Slot]:
    numbers = dict(studio.taken_numbers(newsletter.name))
    planned = [
        slot
        for year in (fiscal_year(on - LOOK_BACK), fiscal_year(on), fiscal_year(on) + 1)
        for slot in year_slots(newsletter, year, numbers)
        if slot.number
    ]
    by_day = {slot.issue_date: slot for slot in planned}
    for path in (content / "issues" / newsletter.name).glob("????-??-??.md"):
        day = date.fromisoformat(path.stem)
        if day >= on - LOOK_BACK and day not in by_day:  # a 訂正号 or 臨時号, between the dates of the rule
            by_day[day] = Slot(day, day, studio.number_of(newsletter, day))
    return [by_day[day] for day in sorted(by_day)]


def _stage(
    newsletter: Newsletter, slot: Slot, record: Record | None, on: date, *, has_draft: bool, is_sent: bool
) -> Stage:
    state = _state(record, has_draft=has_draft, is_sent=is_sent)
    missing, who, command = _NEXT.get(state, ("", "担当", "progress {0}/{1}"))
    if state == IssueState.DRAFT and record is None:
        missing = "確かめと起案"
    return Stage(
        day=slot.issue_date,
        newsletter=newsletter.name,
        title=newsletter.heading,
        number=slot.number,
        state=WORDS[state] if state else "未着手",
        days_left=(slot.issue_date - on).days,
        missing=missing,
        who=who,
        command=f"koho newsletters {command.format(newsletter.name, slot.issue_date)}" if command else "",
    )


def _state(record: Record | None, *, has_draft: bool, is_sent: bool) -> str:
    if is_sent:
        return IssueState.SUBMITTED
    return record.state if record else IssueState.DRAFT if has_draft else ""


_NEXT: dict[str, tuple[str, str, str]] = {
    "": ("原稿", "起案者", "draft {0} {1}"),
    IssueState.DRAFT: ("差戻しの直し", "起案者", "submit-for-approval {0} {1}"),
    IssueState.IN_REVIEW: ("決裁", "決裁者", "review {0} {1}"),
    IssueState.APPROVED: ("配信の予約", "担当", "schedule {0} {1}"),
    IssueState.SCHEDULED: ("", "", ""),
    IssueState.SUBMITTED: ("", "", ""),
    IssueState.CANCELLED: ("", "", ""),
    IssueState.FAILED: ("配信の確かめ", "担当", "report {0}/{1}"),
}
