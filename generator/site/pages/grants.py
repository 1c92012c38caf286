"""Calls for grant applications: one sortable table by state and deadline, and a page each."""

from __future__ import annotations

from collections.abc import Iterator

from generator.content.model import Grant
from generator.content.states import WindowState, days_left, grant_state
from generator.rendering.filters import yen
from generator.site.page import Crumb, Page
from generator.site.view import SiteView

CRUMB = Crumb("助成金・補助金", "grants/")


def grant_pages(view: SiteView) -> Iterator[Page]:
    """Yield the list and every call."""
    closed = [g for g in view.grants if grant_state(g, view.on) is WindowState.CLOSED]
    by_year: dict[int, list[Grant]] = {}
    for grant in closed:
        by_year.setdefault(grant.year, []).append(grant)
    yield Page(
        address=CRUMB.address,
        title=CRUMB.title,
        kind="grants",
        template="grants.html",
        description="いま申し込める助成金と、これから始まる公募を、締切の近い順に並べています。",
        values={
            "open": [g for g in view.grants if g not in closed],
            "closed": sorted(by_year.items(), reverse=True),
        },
    )
    for grant in view.grants:
        yield _grant_page(view, grant)


def grant_name(grant: Grant) -> str:
    """Return the call's name with its number: two calls may share one name."""
    return f"{grant.title}（第{grant.call_number}回）" if grant.call_number > 1 else grant.title


def _full_name(grant: Grant) -> str:
    """Return the call's name with year, number and limit: no two calls share all of them."""
    return f"{grant.title}（{grant.year}年度第{grant.call_number}回、限度{yen(grant.ceiling_yen)}）"


def _grant_page(view: SiteView, grant: Grant) -> Page:
    program = view.program(grant.program)
    return Page(
        address=grant.address,
        title=_full_name(grant),
        kind="grants",
        template="grant.html",
        description=grant.summary or grant.eligibility,
        crumbs=(CRUMB,),
        updated=grant.updated,
        twin=f"en/{grant.address}" if grant.english else None,
        values={
            "grant": grant,
            "program": program,
            "desk": view.desk(grant.desk, program.desk if program else None),
            "left": days_left(grant.closes, view.on),
        },
    )
