"""The annual plan (年間事業計画): sections with their money, lines with their targets."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import Field

from generator.content.codes import FundingKind
from generator.content.model import LineKey, Record


class Counts(StrEnum):
    """From what a line's actual (実績) is counted."""

    EVENTS = "events"  # 催し held by the day
    COURSES = "courses"  # 催し of several sessions count once
    ISSUES = "issues"  # submitted issues (回)
    ITEMS = "items"  # items in submitted issues (件)
    PATENTS = "patents"
    PLACES = "places"
    COMPANIES = "companies"
    ORDERS = "orders"
    REPORTS = "reports"
    NOTICES = "notices"
    PROGRAMS = "programs"
    STAFF = "staff"  # typed by staff with a source
    NONE = "none"  # not counted (管理・体制)


class CompanyGroup(StrEnum):
    """Which listed companies a line counts."""

    ALL = "all"
    EXPORTING = "exporting"  # 輸出実績のある企業
    TAKING_ORDERS = "taking_orders"  # 受注できると答えた企業


class PlanLine(Record):
    """計画の行: one promise, with its unit."""

    key: LineKey
    marker: str = Field(description="計画書の記号。例 ケ、(ｱ)、※")
    text: str = Field(description="計画書の文言")
    target: int | None = Field(None, description="目標。随時や記載なしは空")
    unit: str = Field("", description="人・名・回・件・日・か所・コース・千円")
    ongoing: bool = Field(False, description="随時")
    approximate: bool = Field(False, description="回程度")
    part_of: LineKey | None = Field(None, description="内数の親の行")
    counts: Counts = Field(Counts.NONE, description="実績を何から数えるか")
    companies: CompanyGroup = Field(
        CompanyGroup.ALL, description="counts: companies のとき、どの企業を数えるか"
    )
    note: str = Field("", description="計画書の補足")


class FundShare(Record):
    """基金の出し手."""

    contributor: str = Field(description="出し手")
    amount_yen: int = Field(description="金額（円）")
    note: str = Field("", description="計画書の備考")


class LoanBalance(Record):
    """貸付残高の内訳."""

    label: str = Field(description="正常債権・未収債権")
    count: int = Field(description="件数")
    amount_thousand_yen: int = Field(description="金額（千円）")


class PlanSection(Record):
    """計画の区分: one 事業 with funder and budget."""

    key: str = Field(description="例 1-1")
    marker: str = Field(description="計画書の記号。例 (1)①")
    title: str = Field(description="事業名")
    chapter: str = Field(description="大きな区分の名前。例 海外展開支援事業")
    funding: FundingKind = Field(FundingKind.NONE, description="財源の区分")
    funder: str = Field("", description="所管・出し手")
    budget_thousand_yen: int | None = Field(None, description="予算額（千円）。記載なしは空")
    grants_thousand_yen: int | None = Field(None, description="うち助成額（千円）")
    lines: tuple[PlanLine, ...] = Field((), description="計画の行")
    fund: tuple[FundShare, ...] = Field((), description="基金の内訳")
    loans: tuple[LoanBalance, ...] = Field((), description="貸付残高の内訳")


class StaffActual(Record):
    """職員が入力した実績: a typed number with its source."""

    line: LineKey
    value: int = Field(description="年度の初めからの累計（行の単位）")
    as_of: date = Field(description="数えた基準日")
    source: str = Field(min_length=1, description="数えた台帳")
    note: str = Field("", description="補足")


class PlannedCount(Record):
    """What a neighbour has scheduled for a line and not done yet (an issue in the publishing calendar)."""

    line: LineKey
    day: date = Field(description="予定の日")
    label: str = Field(description="何の予定か")
    value: int = Field(1, description="数（行の単位）")


class Plan(Record):
    """One fiscal year's plan (年度の事業計画)."""

    year: int = Field(description="年度（西暦）")
    title: str = Field(description="計画の名前")
    sections: tuple[PlanSection, ...] = Field(description="区分")
    actuals: tuple[StaffActual, ...] = Field((), description="職員が入力した実績")

    def line(self, key: str) -> PlanLine | None:
        """Find a line by its key."""
        return next((line for s in self.sections for line in s.lines if line.key == key), None)

    def section(self, key: str) -> PlanSection | None:
        """Find a section by its key."""
        return next((s for s in self.sections if s.key == key), None)
