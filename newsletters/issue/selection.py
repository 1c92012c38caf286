"""Chooses what an issue says: a pure function of the Library, the newsletter's rules, the day and the past issues."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from generator.content.codes import EventStatus, Region
from generator.content.company import CompanyProfile
from generator.content.library import Library
from generator.content.model import (
    Event,
    Grant,
    Item,
    LicensablePatent,
    NewsEntry,
    Notice,
    OrderInquiry,
    Program,
    Report,
    Story,
)
from generator.content.states import event_state, takes_registrations
from newsletters.declaration import Newsletter, Pool, Repeat, Rule
from newsletters.issue.entry import Thing, day_words, deadline_of, reference_of
from newsletters.issue.model import PastIssue, Pick, Section

CORRECTION_MARK = "!"
"""Set before a reference in a past issue's items when it stood there as cancelled or postponed."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that a rule may take, why, and where it stands in line (smaller first)."""

    thing: Thing
    why: str
    rank: tuple[object, ...]


@dataclass(frozen=True)
class Moment:
    """What every pool looks at: the issue's day, the day of the issue before, and what stood in past issues."""

    library: Library
    on: date
    since: date  # the day of the issue before, or as far back as the rule looks
    seen: Mapping[str, date]  # reference → the last issue that held it
    corrected: frozenset[str]
    language: str


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
    for candidate in sorted(_POOLS[pool](rule, moment), key=lambda c: c.rank):
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


def _corrections(rule: Rule, moment: Moment) -> Iterator[Candidate]:
    """Events that stood in an issue as planned, and were cancelled or postponed since."""
    for event in moment.library.public(Event):
        reference = reference_of(event)
        off = event.status is not EventStatus.SCHEDULED
        if (
            off
            and reference in moment.seen
            and reference not in moment.corrected
            and event.ends.date() >= moment.since
        ):
            why = f"{event.status.ja}になった（{day_words(moment.seen[reference])}号で案内）"
            yield Candidate(event, why, (event.starts,))


def _closing(rule: Rule, moment: Moment) -> Iterator[Candidate]:
    for grant in moment.library.public(Grant):
        days = (grant.closes - moment.on).days
        if grant.opens <= moment.on and 1 <= days <= rule.ahead_days:
            yield Candidate(grant, f"締切まで{days}日", (grant.closes, 0, grant.slug))
    for event in moment.library.public(Event):
        if event.deadline and takes_registrations(event, moment.on):
            days = (event.deadline - moment.on).days
            if 1 <= days <= rule.ahead_days:
                yield Candidate(event, f"申込締切まで{days}日", (event.deadline, 1, event.slug))


def _calls(rule: Rule, moment: Moment) -> Iterator[Candidate]:
    for grant in moment.library.public(Grant):
        if grant.closes < moment.on or grant.opens > moment.on + timedelta(days=rule.ahead_days):
            continue
        opened = grant.opens <= moment.on
        why = f"募集中（{day_words(grant.opens)}から）" if opened else f"{day_words(grant.opens)}に募集開始"
        yield Candidate(grant, why, (grant.closes, 0, grant.slug))


def _programs(rule: Rule, moment: Moment) -> Iterator[Candidate]:
    for program in moment.library.public(Program):
        changed = max((d for d in (program.published, program.updated) if d), default=None)
        if changed and moment.on - timedelta(days=rule.back_days) < changed <= moment.on:
            word = "新しい" if changed == program.published else "内容が変わった"
            yield Candidate(
                program,
                f"{word}支援メニュー（{day_words(changed)}）",
                (-changed.toordinal(), 0, program.slug),
            )


def _events(rule: Rule, moment: Moment) -> Iterator[Candidate]:
    for event in moment.library.public(Event):
        days = (event.starts.date() - moment.on).days
        open_for_all = event_state(event, moment.on).value == "開催前" and takes_registrations(
            event, moment.on
        )
        if open_for_all and days <= rule.ahead_days:
            yield Candidate(event, f"{days}日後に開催", (event.starts.date(), 0, event.slug))


def _notices(rule: Rule, moment: Moment) -> Iterator[Candidate]:
    for notice in moment.library.public(Notice):
        if not notice.minor and _is_fresh(notice.published, rule, moment):
            yield Candidate(
                notice,
                f"{day_words(notice.published)}に掲載",
                (-notice.published.toordinal(), 0, notice.slug),
            )


def _companies(rule: Rule, moment: Moment) -> Iterator[Candidate]:
    """Fair rotation: never featured first, then longest ago; among equals the freshest, then the smallest key."""
    for company in moment.library.all(CompanyProfile):
        if not company.headline or (
            moment.language == "en" and not (company.name_en and company.headline_en)
        ):
            continue
        seen = moment.seen.get(reference_of(company))
        known = [day for day in (company.confirmed, company.registered) if day and day <= moment.on]
        fresh = max(known, default=None)
        if seen and seen >= moment.on - timedelta(days=rule.back_days):
            continue
        why = f"前回の紹介は{day_words(seen)}号" if seen else "まだ紹介していない"
        if fresh:
            why += f"、{day_words(fresh)}に内容を確認"
        yield Candidate(company, why, (seen or date.min, -(fresh or date.min).toordinal(), company.key))


def _patents(rule: Rule, moment: Moment) -> Iterator[Candidate]:
    for patent in moment.library.public(LicensablePatent):
        if _is_fresh(patent.registered, rule, moment):
            why = f"{day_words(patent.registered)}に登録"
            yield Candidate(patent, why, (-patent.registered.toordinal(), 0, patent.slug))


def _orders(rule: Rule, moment: Moment) -> Iterator[Candidate]:
    for order in moment.library.public(OrderInquiry):
        open_now = order.closes is None or order.closes >= moment.on
        if open_now and _is_fresh(order.opens, rule, moment):
            yield Candidate(
                order, f"{day_words(order.opens)}に掲載", (-order.opens.toordinal(), 0, order.slug)
            )


def _news(rule: Rule, moment: Moment) -> Iterator[Candidate]:
    """The regions take turns, the newest of each first: many entries of the state must not leave none of the prefecture."""
    for region_place, region in enumerate(Region):
        fresh = [
            entry
            for entry in moment.library.all(NewsEntry)
            if entry.region is region and _is_new(entry, rule, moment)
        ]
        fresh.sort(key=lambda e: (-(e.published or e.accepted).toordinal(), e.id))
        for place, entry in enumerate(fresh):
            why = f"{region.ja}・{entry.feed_title}、{day_words(entry.accepted)}に採用"
            yield Candidate(entry, why, (place, region_place))


def _is_new(entry: NewsEntry, rule: Rule, moment: Moment) -> bool:
    return _is_fresh(entry.accepted, rule, moment) and reference_of(entry) not in moment.seen


def _stories(rule: Rule, moment: Moment) -> Iterator[Candidate]:
    for story in moment.library.public(Story):
        if _is_fresh(story.published, rule, moment):
            yield Candidate(
                story, f"{day_words(story.published)}の事例", (-story.published.toordinal(), 0, story.slug)
            )


def _reports(rule: Rule, moment: Moment) -> Iterator[Candidate]:
    for report in moment.library.public(Report):
        if _is_fresh(report.published, rule, moment):
            yield Candidate(
                report,
                f"{day_words(report.published)}に公表",
                (-report.published.toordinal(), 0, report.slug),
            )


def _is_fresh(day: date, rule: Rule, moment: Moment) -> bool:
    return moment.on - timedelta(days=rule.back_days) < day <= moment.on


_POOLS: dict[Pool, Callable[[Rule, Moment], Iterator[Candidate]]] = {
    Pool.CORRECTIONS: _corrections,
    Pool.CLOSING: _closing,
    Pool.CALLS: _calls,
    Pool.PROGRAMS: _programs,
    Pool.EVENTS: _events,
    Pool.NOTICES: _notices,
    Pool.COMPANIES: _companies,
    Pool.PATENTS: _patents,
    Pool.ORDERS: _orders,
    Pool.NEWS: _news,
    Pool.STORIES: _stories,
    Pool.REPORTS: _reports,
}
