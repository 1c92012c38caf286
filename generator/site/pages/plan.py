"""The plan's public page: every promise of the year beside what was done, with the proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generator.plan.ledger import Pace, count_plan, find_plan
from generator.plan.report import METHOD
from generator.plan.table import ledger_html
from generator.rendering.templates import safe_html
from generator.site.page import Crumb, Page
from generator.site.view import SiteView

ADDRESS = "about/plan/"


def plan_pages(view: SiteView) -> Iterator[Page]:
    """Yield the page of this fiscal year's plan, when the settings make it public."""
    plan = find_plan(view.library, view.on)
    if plan is None or not view.settings.public_plan_page:
        return
    ledger = count_plan(plan, view.library, view.on)
    with_target = [line for line in ledger.lines if line.line.target is not None and line.actual is not None]
    yield Page(
        address=ADDRESS,
        title="計画と実績",
        kind="plan",
        template="plan.html",
        description=f"{plan.title}の目標と、{view.on.year}年{view.on.month}月{view.on.day}日までの実績です。",
        crumbs=(Crumb("ホーム", ""), Crumb("機構について", "about/")),
        values={
            "plan": plan,
            "on": view.on,
            "method": METHOD,
            "paces": _paces(Counter(line.pace for line in with_target)),
            "total": len(with_target),
            "ledger": safe_html(ledger_html(ledger, view.base)),
        },
    )


def _paces(counted: Counter[Pace]) -> list[tuple[str, int]]:
    return [(str(pace), counted[pace]) for pace in (Pace.REACHED, Pace.AHEAD, Pace.ON_TRACK, Pace.BEHIND)]
