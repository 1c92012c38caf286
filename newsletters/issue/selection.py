"""Chooses what an issue says: a pure function of the Library, the newsletter's rules, the day and the past issues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from generator.content.codes import Region
from generator.content.company import CompanyProfile
from generator.content.library import Library
from generator.content.model import (
    Item,
    NewsEntry,
)
from newsletters.declaration import Newsletter, Pool, Repeat, Rule
from newsletters.issue.entry import Thing, day_words, deadline_of, reference_of
from newsletters.issue.model import PastIssue, Pick, Section
from newsletters.issue.pools import POOLS, Candidate, Moment

CORRECTION_MARK = "!"
"""Set before a reference in a past issue's items when it stood there as cancelled or postponed."""


def select(
    library: Library, newsletter: Newsletter, on: date, past: Sequence[PastIssue] = ()
) -> tuple[Section, ...]:
    """Return the sections of the issue of a day, in declared order; each pick says why it is there.

    No item stands in two sections; none comes again unless its section's rule is to remind, and then only
    once more, when its deadline is near. Empty sections are left out.
    """
    before = [issue for issue in past if issue.issue_date < on]
    last = max((issue.issue_date for issue in before), default=None)
    seen: dict[str, date] = {}
    for issue in sorted(before, key=lambda i: i.issue_date):
        seen.update(
            dict.fromkeys((item.removeprefix(CORRECTION_MARK) for item in issue.items), issue.issue_date)
        )
    marked = frozenset(i[1:] for issue in before for i in issue.items if i.startswith(CORRECTION_MARK))
    times = _times(before)
    taken: set[str] = set()
    chosen: dict[str, tuple[Pick, ...]] = {}
    for rule in sorted(newsletter.sections, key=lambda r: r.claims):
        since = last or on - timedelta(days=rule.back_days)
        moment = Moment(library, on, since, seen, marked, newsletter.language)
        picks = tuple(_fill(rule, moment, taken, times))
        taken.update(pick.reference for pick in picks)
        chosen[rule.key] = picks
    return tuple(Section(r.key, r.title, chosen[r.key]) for r in newsletter.sections if chosen[r.key])


def _times(past: Iterable[PastIssue]) -> dict[str, int]:
    times: dict[str, int] = {}
    for issue in past:
        for item in issue.items:
            times[item] = times.get(item, 0) + 1
    return times


def _fill(rule: Rule, moment: Moment, taken: set[str], times: Mapping[str, int]) -> Iterator[Pick]:
    found = [
        (place, pool_place, candidate)
        for pool_place, pool in enumerate(rule.pools)
        for place, candidate in enumerate(_line_up(pool, rule, moment, taken, times))
    ]
    chosen: dict[str, str] = {}
    for _, _, candidate in sorted(found, key=lambda entry: entry[:2]):
        reference = reference_of(candidate.thing)
        if len(chosen) < rule.limit and reference not in chosen:
            chosen[reference] = candidate.why
            yield Pick(reference, candidate.why)


def _line_up(
    pool: Pool, rule: Rule, moment: Moment, taken: set[str], times: Mapping[str, int]
) -> Iterator[Candidate]:
    """Return a pool's candidates in their order; pools of one section then take turns."""
    for candidate in sorted(POOLS[pool](rule, moment), key=lambda c: c.rank):
        if reference_of(candidate.thing) in taken or not _speaks(candidate.thing, rule, moment):
            continue
        if why := _may_come(candidate, rule, moment, times):
            yield Candidate(candidate.thing, why, candidate.rank)


def _speaks(thing: Thing, rule: Rule, moment: Moment) -> bool:
    """Say whether the thing is of the rule's topics and can be read in the newsletter's language."""
    if moment.language == "en" and isinstance(thing, Item) and thing.english is None:
        return False
    if moment.language == "en" and isinstance(thing, NewsEntry):
        return False
    if not rule.topics:
        return True
    topics = () if isinstance(thing, CompanyProfile) else thing.topics
    if isinstance(thing, NewsEntry) and thing.region is Region.OVERSEAS and "overseas" in rule.topics:
        return True
    return bool(set(topics) & set(rule.topics))


def _may_come(candidate: Candidate, rule: Rule, moment: Moment, times: Mapping[str, int]) -> str:
    """Return why the candidate may stand in this issue, or nothing when it may not."""
    reference = reference_of(candidate.thing)
    if rule.pools == (Pool.CORRECTIONS,) or isinstance(candidate.thing, CompanyProfile):
        return candidate.why
    if reference not in moment.seen:
        return candidate.why
    deadline = deadline_of(candidate.thing)
    if rule.repeat is not Repeat.REMINDER or deadline is None or times.get(reference, 0) > 1:
        return ""
    days = (deadline - moment.on).days
    return (
        f"再掲: 締切まで{days}日（前は{day_words(moment.seen[reference])}号）"
        if days <= rule.reminder_days
        else ""
    )
