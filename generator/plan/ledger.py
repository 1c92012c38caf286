"""The plan ledger: each line's target beside what exists by a day, with the evidence of every count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil, floor

from generator.clock import fiscal_year
from generator.content.library import Library
from generator.plan.evidence import Evidence, Tally, tally_of
from generator.plan.model import Counts, Plan, PlanLine, PlanSection

APPROXIMATE_SHARE = 0.8
"""A 回程度 target counts as reached from this share on."""

AHEAD_SHARE = 0.1
"""More than this share of the target above an even pace is 先行."""

STANDING_UNITS = {"人", "名", "か所"}
"""Units of what stands there all year: people placed, desks open. Their target is due at once, not by pace."""


class Pace(StrEnum):
    """進み具合; the value is the word shown."""

    REACHED = "達成"
    AHEAD = "先行"
    ON_TRACK = "予定どおり"
    BEHIND = "遅れ"
    ONGOING = "随時"
    NO_TARGET = "目標なし"
    NOT_COUNTED = "対象外"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of the plan with its actual (実績), in the line's own unit."""

    section: PlanSection
    line: PlanLine
    actual: int | None  # None: not counted, or staff have typed nothing yet
    planned: int  # scheduled between the day and the end of the year
    expected: int | None  # due by the day at an even pace; None without target
    pace: Pace
    evidence: tuple[Evidence, ...] = ()
    upcoming: tuple[Evidence, ...] = ()

    @property
    def unit(self) -> str:
        """The line's unit; ongoing lines of the plan have none, so it follows from what is counted."""
        return self.line.unit or _COUNTED_UNITS.get(self.line.counts, "")

    @property
    def target_text(self) -> str:
        """Return the target as the plan words it: 3回程度, 48件, 随時."""
        if self.line.target is not None:
            return f"{self.line.target:,}{self.line.unit}{'程度' if self.line.approximate else ''}"
        return "随時" if self.line.ongoing else "―"

    @property
    def actual_text(self) -> str:
        """Return the actual with its unit, or a dash."""
        return "―" if self.actual is None else f"{self.actual:,}{self.unit}"

    @property
    def share(self) -> float | None:
        """Return actual over target (1.0 is all of it); None where either is missing."""
        return self.actual / self.line.target if self.line.target and self.actual is not None else None


@dataclass(frozen=True, slots=True)
class Ledger:
    """A year's plan counted on a day; ``doubts`` says where numbers contradict each other."""

    plan: Plan
    on: date
    lines: tuple[LedgerLine, ...]
    doubts: tuple[str, ...] = ()

    def get(self, key: str) -> LedgerLine:
        """Return the line of this key; ``KeyError`` when the plan has none."""
        for line in self.lines:
            if line.line.key == key:
                return line
        raise KeyError(key)


_COUNTED_UNITS = {
    Counts.EVENTS: "回",
    Counts.COURSES: "コース",
    Counts.ISSUES: "回",
    Counts.ITEMS: "件",
    Counts.PATENTS: "件",
    Counts.PLACES: "か所",
    Counts.COMPANIES: "社",
    Counts.ORDERS: "件",
    Counts.REPORTS: "回",
    Counts.NOTICES: "件",
    Counts.PROGRAMS: "件",
    Counts.STAFF: "件",
}


def count_plan(plan: Plan, library: Library, on: date) -> Ledger:
    """Count every line of a plan from what exists on a day; nothing is typed but the STAFF lines."""
    lines = tuple(
        _count_line(plan, section, line, library, on) for section in plan.sections for line in section.lines
    )
    return Ledger(plan, on, lines, tuple(_doubts(lines)))


def year_span(year: int) -> tuple[date, date]:
    """Return the first and last day of a fiscal year (年度)."""
    return date(year, 4, 1), date(year + 1, 3, 31)


def find_plan(library: Library, day: date) -> Plan | None:
    """Find the plan of the fiscal year in which a day lies."""
    return next((plan for plan in library.all(Plan) if plan.year == fiscal_year(day)), None)


def _count_line(plan: Plan, section: PlanSection, line: PlanLine, library: Library, on: date) -> LedgerLine:
    first, last = year_span(plan.year)
    tally = tally_of(plan, line, library, first=first, on=min(on, last), last=last)
    expected = _expected(line, first, min(tally.as_of or on, last), last)
    planned = sum(e.count for e in tally.upcoming)
    return LedgerLine(
        section,
        line,
        tally.actual,
        planned,
        expected,
        _pace(line, tally, expected),
        tally.evidence,
        tally.upcoming,
    )


def _expected(line: PlanLine, first: date, day: date, last: date) -> int | None:
    if line.target is None:
        return None
    if line.unit in STANDING_UNITS:
        return line.target
    passed = max(0, (day - first).days + 1)
    return floor(line.target * passed / ((last - first).days + 1))


def _pace(line: PlanLine, tally: Tally, expected: int | None) -> Pace:
    if line.counts is Counts.NONE:
        return Pace.NOT_COUNTED
    if line.target is None or expected is None:
        return Pace.ONGOING if line.ongoing else Pace.NO_TARGET
    actual = tally.actual or 0
    enough = ceil(line.target * APPROXIMATE_SHARE) if line.approximate else line.target
    if actual >= enough:
        return Pace.REACHED
    if actual - expected > max(1, line.target * AHEAD_SHARE):
        return Pace.AHEAD
    is_scheduled = actual + sum(e.count for e in tally.upcoming) >= enough
    return Pace.ON_TRACK if actual >= min(expected, enough) or is_scheduled else Pace.BEHIND


def _doubts(lines: tuple[LedgerLine, ...]) -> list[str]:
    by_key = {line.line.key: line for line in lines}
    found = []
    for part in lines:
        whole = by_key.get(part.line.part_of or "")
        if whole is None:
            continue
        if part.line.unit != whole.line.unit:
            found.append(
                f"{part.line.key}: 内数の単位「{part.line.unit}」が親の行 {whole.line.key} の「{whole.line.unit}」と違います"
            )
        if (part.line.target or 0) > (whole.line.target or 0):
            found.append(
                f"{part.line.key}: 内数の目標 {part.target_text} が親の行 {whole.line.key} の {whole.target_text} を超えています"
            )
        if (part.actual or 0) > (whole.actual or 0):
            found.append(
                f"{part.line.key}: 内数の実績 {part.actual_text} が親の行 {whole.line.key} の {whole.actual_text} を超えています"
            )
    return found
