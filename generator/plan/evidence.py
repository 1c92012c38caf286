"""What proves a count: for each way of counting, the things that exist by a day and those still to come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from generator.content.codes import EventStatus
from generator.content.company import CompanyProfile
from generator.content.library import ItemT, Library
from generator.content.model import (
    BackIssue,
    Event,
    Grant,
    Item,
    LicensablePatent,
    Notice,
    OrderInquiry,
    Place,
    Program,
    Report,
)
from generator.plan.model import CompanyGroup, Counts, Plan, PlanLine, PlannedCount


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was counted: its name, where one can see it, its day, and how much it counts.

    ``address`` is relative to the site's root and empty where only a staff register (``source``) proves it.
    """

    label: str
    address: str
    day: date | None = None
    count: int = 1
    source: str = ""
    is_public: bool = True  # False: staff may see its name already, the public not yet


@dataclass(frozen=True, slots=True)
class Tally:
    """A line's count with its evidence; ``actual`` is None where nothing can be said."""

    actual: int | None
    evidence: tuple[Evidence, ...] = ()
    upcoming: tuple[Evidence, ...] = ()
    as_of: date | None = None  # the day staff counted on, when that is not today


def tally_of(plan: Plan, line: PlanLine, library: Library, *, first: date, on: date, last: date) -> Tally:
    """Count one line between the year's first day and ``on``, and what is scheduled until its last day."""
    if line.counts is Counts.NONE:
        return Tally(None)
    if line.counts is Counts.STAFF:
        return _typed(plan, line, on)
    if line.counts is Counts.COMPANIES:
        return _companies(line, library, on)
    found = list(_DATED[line.counts](line, library))
    if line.counts in _STANDING:
        first = date.min
    found.sort(key=lambda e: e.day or date.min)
    done = tuple(e for e in found if e.day is None or first <= e.day <= on)
    upcoming = tuple(e for e in found if e.day is not None and on < e.day <= last)
    return Tally(sum(e.count for e in done), done, upcoming)


def _typed(plan: Plan, line: PlanLine, on: date) -> Tally:
    """Take the newest typed total up to the day: staff type totals since April, not increments."""
    typed = [a for a in plan.actuals if a.line == line.key and a.as_of <= on]
    if not typed:
        return Tally(None)
    newest = max(typed, key=lambda a: a.as_of)
    source = newest.source + (f"（{newest.note}）" if newest.note else "")
    evidence = Evidence(newest.source, "", newest.as_of, newest.value, source)
    return Tally(newest.value, (evidence,), as_of=None if line.unit in {"人", "名"} else newest.as_of)


def _companies(line: PlanLine, library: Library, on: date) -> Tally:
    """Count members on the register; one link to the directory proves them all."""
    counted = sum(
        1
        for company in library.all(CompanyProfile)
        if _in_group(company, line.companies) and (company.registered is None or company.registered <= on)
    )
    proof = Evidence("茨城県企業データベース", "companies/", on, counted)
    return Tally(counted, (proof,) if counted else ())


def _in_group(company: CompanyProfile, group: CompanyGroup) -> bool:
    if group is CompanyGroup.EXPORTING:
        return bool(company.export_countries)
    return group is not CompanyGroup.TAKING_ORDERS or company.accepts_orders is True


def _events(line: PlanLine, library: Library) -> Iterable[Evidence]:
    """An event counts once on its last day, however many sessions it has; 中止 and 延期 do not count."""
    for event in _of(Event, line, library):
        if event.status is EventStatus.SCHEDULED:
            yield _proof(event, event.ends.date(), library)


def _issue_counts(line: PlanLine, library: Library) -> Iterable[Evidence]:
    """An issue says itself how much it counts for each line: 回 for issues, 件 for the items in it."""
    for issue in library.all(BackIssue):
        if count := issue.plan.get(line.key, 0):
            yield Evidence(
                f"{issue.newsletter_title} 第{issue.number}号", issue.address, issue.issue_date, count
            )
    for planned in library.all(PlannedCount):
        if planned.line == line.key and planned.day > library.on:
            yield Evidence(planned.label, "", planned.day, planned.value)


def _patents(line: PlanLine, library: Library) -> Iterable[Evidence]:
    for patent in _of(LicensablePatent, line, library):
        yield _proof(patent, patent.registered, library)


def _places(line: PlanLine, library: Library) -> Iterable[Evidence]:
    for place in _of(Place, line, library):
        yield _proof(place, place.opened, library)


def _orders(line: PlanLine, library: Library) -> Iterable[Evidence]:
    for order in _of(OrderInquiry, line, library):
        yield _proof(order, order.opens, library)


def _published(kind: type[Notice | Report]) -> Callable[[PlanLine, Library], Iterable[Evidence]]:
    def found(line: PlanLine, library: Library) -> Iterable[Evidence]:
        for item in _of(kind, line, library):
            yield _proof(item, item.published, library)

    return found


def _programs(line: PlanLine, library: Library) -> Iterable[Evidence]:
    """A line that is served by calls counts its calls of the year; one without calls counts its programs."""
    if grants := _of(Grant, line, library):
        for grant in grants:
            yield _proof(grant, grant.opens, library)
        return
    for program in library.public(Program):
        if line.key in program.plan:
            yield _proof(program, None, library)


def _proof(item: Item, day: date | None, library: Library) -> Evidence:
    """Name an item and lead to its page, as long as it has one."""
    is_public = item.is_public(library.on)
    return Evidence(item.title, item.address if is_public else "", day, is_public=is_public)


def _of(kind: type[ItemT], line: PlanLine, library: Library) -> list[ItemT]:
    return [item for item in library.all(kind) if line.key in getattr(item, "plan", ())]


_STANDING = {Counts.PLACES}  # what was opened in an earlier year still stands

_DATED: Mapping[Counts, Callable[[PlanLine, Library], Iterable[Evidence]]] = {
    Counts.EVENTS: _events,
    Counts.COURSES: _events,
    Counts.ISSUES: _issue_counts,
    Counts.ITEMS: _issue_counts,
    Counts.PATENTS: _patents,
    Counts.PLACES: _places,
    Counts.ORDERS: _orders,
    Counts.REPORTS: _published(Report),
    Counts.NOTICES: _published(Notice),
    Counts.PROGRAMS: _programs,
}
