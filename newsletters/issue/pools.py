"""What each pool of a section offers for an issue: candidates with the reason for each, in line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from generator.content.codes import EventStatus, Region
from generator.content.company import CompanyProfile
from generator.content.library import Library
from generator.content.model import (
    Event,
    Grant,
    LicensablePatent,
    NewsEntry,
    Notice,
    OrderInquiry,
    Program,
    Report,
    Story,
)
from generator.content.states import event_state, takes_registrations
from newsletters.declaration import Pool, Rule
from newsletters.issue.entry import Thing, day_words, reference_of


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


POOLS: dict[Pool, Callable[[Rule, Moment], Iterator[Candidate]]] = {
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
