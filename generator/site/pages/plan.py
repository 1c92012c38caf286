"""The plan's public page: every promise of the year beside what was done, with the proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generator.plan.closed import ClosedYear
from generator.plan.ledger import Ledger, Pace, count_plan, find_plan
from generator.plan.report import METHOD
from generator.plan.table import ledger_html
from generator.rendering.templates import safe_html
from generator.site.page import Crumb, Page
from generator.site.view import SiteView

ADDRESS = "about/plan/"
CRUMBS = (Crumb("ホーム", ""), Crumb("機構について", "about/"))


def plan_pages(view: SiteView) -> Iterator[Page]:
    """Yield the page of this fiscal year's plan and of each closed year, when the settings make them public."""
    if not view.settings.public_plan_page:
        return
    closed = sorted(view.library.all(ClosedYear), key=lambda year: year.plan.year, reverse=True)
    plan = find_plan(view.library, view.on)
    if plan is not None:
        past = [(f"{ADDRESS}{year.plan.year}/", year.plan.title) for year in closed]
        yield _page(view, count_plan(plan, view.library, view.on), ADDRESS, past)
    for year in closed:
        yield _page(view, year.ledger(), f"{ADDRESS}{year.plan.year}/", [])


def _page(view: SiteView, ledger: Ledger, address: str, past: list[tuple[str, str]]) -> Page:
    plan, on = ledger.plan, ledger.on
    this_year = address == ADDRESS
    with_target = [line for line in ledger.lines if line.line.target is not None and line.actual is not None]
    return Page(
        address=address,
        title="計画と実績" if this_year else f"{plan.title}の実績",
        kind="plan",
        template="plan.html",
        description=f"{plan.title}の目標と、{on.year}年{on.month}月{on.day}日までの実績です。",
        crumbs=CRUMBS if this_year else (*CRUMBS, Crumb("計画と実績", ADDRESS)),
        values={
            "plan": plan,
            "on": on,
            "past": past,
            "method": METHOD,
            "paces": _paces(Counter(line.pace for line in with_target)),
            "total": len(with_target),
            "ledger": safe_html(ledger_html(ledger, view.base)),
        },
    )


def _paces(counted: Counter[Pace]) -> list[tuple[str, int]]:
    return [(str(pace), counted[pace]) for pace in (Pace.REACHED, Pace.AHEAD, Pace.ON_TRACK, Pace.BEHIND)]
