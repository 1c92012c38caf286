"""A closed year as it was frozen: read back from its file, never counted again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from generator.content.library import Contribution
from generator.errors import Problem
from generator.plan.evidence import Evidence
from generator.plan.ledger import Ledger, LedgerLine, Pace
from generator.plan.model import Plan
from generator.settings import Settings

LEDGER_NAME = "ledger.json"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ClosedProof(_Frozen):
    """One piece of evidence as it was on the last day; ``url`` is relative to the site's root."""

    label: str
    url: str
    day: date | None
    count: int
    source: str


class ClosedLine(_Frozen):
    """One line's numbers as they were on the last day."""

    key: str
    actual: int | None
    planned: int
    expected: int | None
    state: Pace
    evidence: tuple[ClosedProof, ...]


class ClosedYear(_Frozen):
    """年度末の実績, frozen by ``koho year close``."""

    plan: Plan
    on: date
    doubts: tuple[str, ...] = ()
    lines: tuple[ClosedLine, ...]

    def ledger(self) -> Ledger:
        """Return the ledger as it was on the last day."""
        numbers = {line.key: line for line in self.lines}
        lines = [
            _line(numbers[line.key], section_key, self.plan)
            for section_key, line in ((s.key, line) for s in self.plan.sections for line in s.lines)
            if line.key in numbers
        ]
        return Ledger(self.plan, self.on, tuple(lines), self.doubts)


def _line(closed: ClosedLine, section_key: str, plan: Plan) -> LedgerLine:
    section, line = plan.section(section_key), plan.line(closed.key)
    if section is None or line is None:
        raise KeyError(closed.key)
    proofs = [Evidence(p.label, p.url, p.day, p.count, p.source) for p in closed.evidence]
    return LedgerLine(
        section, line, closed.actual, closed.planned, closed.expected, closed.state, tuple(proofs)
    )


class ClosedYearSource:
    """Every ``content/plan/<year>/closed/ledger.json``."""

    name = "closed_years"

    def fingerprint(self, settings: Settings) -> str:
        """Return names, sizes and times of the frozen files."""
        return repr([(p.parts[-3], p.stat().st_size, p.stat().st_mtime_ns) for p in _files(settings)])

    def load(self, settings: Settings, on: date) -> Contribution:
        """Read the years that were closed by a day."""
        years: list[ClosedYear] = []
        problems: list[Problem] = []
        for path in _files(settings):
            try:
                year = ClosedYear.model_validate_json(path.read_bytes())
            except ValidationError as error:
                shown = path.relative_to(settings.project).as_posix()
                mend = "手で直さず、版の管理から元のファイルを戻してください"
                problems.append(
                    Problem(
                        shown, 0, "", "", f"閉じた年度の記録が読めません（{error.error_count()}か所）", mend
                    )
                )
                continue
            if year.on < on:
                years.append(year)
        return Contribution(years, problems)


def _files(settings: Settings) -> Sequence[Path]:
    return sorted(settings.content.glob(f"plan/*/closed/{LEDGER_NAME}"))


closed_year_source = ClosedYearSource()
