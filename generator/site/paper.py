"""Paper for people: the A4 flyer (チラシ) of an event or call, and the handbook of a year's programs."""

from __future__ import annotations

from collections.abc import Mapping

from generator.clock import fiscal_year
from generator.content.codes import Attendance
from generator.content.library import Library
from generator.content.model import Event, Grant, Place, Program
from generator.content.states import event_state, grant_state
from generator.errors import DataError
from generator.plan.ledger import find_plan
from generator.rendering.markdown import to_html
from generator.rendering.pdf import FONT_STACK, first_on_one_sheet, html_to_pdf
from generator.rendering.qr import qr_svg
from generator.rendering.templates import Templates, safe_html
from generator.settings import Settings
from generator.site.view import SiteView


def find_told(library: Library, slug: str) -> Event | Grant:
    """Find the event or call of a slug; ``DataError`` names the nearest slugs when there is none."""
    from difflib import get_close_matches

    things: dict[str, Event | Grant] = {event.slug: event for event in library.all(Event)}
    things |= {grant.slug: grant for grant in library.all(Grant)}
    if slug in things:
        return things[slug]
    near = get_close_matches(slug, sorted(things), n=3, cutoff=0.4)
    mend = f"「{'」「'.join(near)}」のことですか" if near else "ファイル名（.md を除く）を書いてください"
    raise DataError(f"{slug}: 催しにも公募にもありません。{mend}")


def flyer_versions(item: Event | Grant, view: SiteView, templates: Templates) -> list[str]:
    """Write the flyer from the roomiest to the shortest: in three sizes of type, then without its last paragraphs, which it says.

    Each is one whole document that carries style and picture itself; the first that fits on a sheet is the flyer.
    """
    url = view.absolute(item.address)
    state = event_state(item, view.on) if isinstance(item, Event) else grant_state(item, view.on)
    told = {
        "item": item,
        "kind": item.kind.ja if isinstance(item, Event) else f"第{item.call_number}回公募のご案内",
        "state": state.value if state.value in ("中止", "延期", "終了") else "",
        "facts": _event_facts(item, view) if isinstance(item, Event) else _grant_facts(item, view),
        "desk": told_desk(item, view),
        "url": url,
        "qr": safe_html(qr_svg(url, title=f"{item.title}のページのQRコード")),
    }

    def write(body: str, size: str, *, cut: bool = False) -> str:
        html = safe_html(to_html(body, base=view.settings.site_url))
        return templates.render("flyer.html", {**told, "body": html, "size": size, "cut": cut})

    whole, *shorter = _shortened(item.body.removeprefix(item.summary))
    sizes = [write(whole, size) for size in ("roomy", "snug", "dense")]
    return sizes + [write(body, "dense", cut=True) for body in shorter]


def _shortened(body: str) -> list[str]:
    """Return the text, then without its last paragraph, and so on to nothing; never with a heading at the end."""
    blocks = body.strip().split("\n\n")
    starts = [blocks[:count] for count in range(len(blocks), 0, -1)]
    return ["\n\n".join(some) for some in starts if not some[-1].lstrip().startswith("#")] + [""]


def flyer_pdf(item: Event | Grant, library: Library, settings: Settings) -> bytes:
    """Lay the flyer out on one sheet of A4."""
    return first_on_one_sheet(flyer_versions(item, SiteView(library, settings), paper_templates(settings)))


def handbook_html(library: Library, settings: Settings) -> str:
    """Write the handbook: every program of the year by chapter, with whom to ask."""
    view = SiteView(library, settings)
    plan = find_plan(library, view.on)
    chapters: dict[str, list[tuple[Program, Place | None]]] = {}
    for program in view.programs:
        section = view.section(program.section)
        chapters.setdefault(section.chapter if section else "そのほか", []).append(
            (program, view.place(program.desk))
        )
    year = plan.year if plan else fiscal_year(view.on)
    return paper_templates(settings).render(
        "handbook.html",
        {
            "year": year,
            "title": f"令和{year - 2018}年度 支援メニューのしおり",
            "chapters": chapters,
            "desks": [place for place in view.places if place.telephone],
            "on": view.on,
            "qr": safe_html(qr_svg(settings.site_url, title="サイトのQRコード")),
            "bodies": {
                p.slug: safe_html(to_html(p.body, base=settings.site_url, top_heading=4))
                for p in view.programs
            },
        },
    )


def handbook_pdf(library: Library, settings: Settings) -> bytes:
    """Lay the handbook out on A4."""
    return html_to_pdf(handbook_html(library, settings))


def paper_templates(settings: Settings) -> Templates:
    """Read the templates of everything printed, with what stands on every sheet."""
    shared: Mapping[str, object] = {
        "organization": settings.organization,
        "site_url": settings.site_url,
        "fonts": safe_html(FONT_STACK),
        "ribbon": settings.sample_ribbon,
    }
    return Templates([settings.templates / "paper"], shared)


def told_desk(item: Event | Grant, view: SiteView) -> Place | None:
    """Return the desk that a flyer names."""
    program = view.program(item.program)
    return view.place(item.desk) or view.place(program.desk if program else None)


def _event_facts(event: Event, view: SiteView) -> list[tuple[str, str]]:
    from generator.rendering.filters import clock_time, date_ja, fee_ja

    days = [
        f"{date_ja(s.starts)} {clock_time(s.starts)}〜{clock_time(s.ends)}"
        + (f"　{s.title}" if s.title else "")
        for s in event.sessions
    ]
    venue = " ".join(filter(None, (event.venue.name, event.venue.address))) if event.venue else ""
    place = "オンライン" if event.attendance is Attendance.ONLINE else venue
    if event.attendance is Attendance.HYBRID:
        place += "（オンラインでも参加できます）"
    facts = [
        ("日時", "\n".join(days)),
        ("場所", place),
        ("参加費", fee_ja(event.fee_yen) + (f"（{event.fee_note}）" if event.fee_note else "")),
        ("定員", f"{event.capacity}{event.capacity_unit}" if event.capacity else ""),
        ("対象", event.audience),
        ("申込締切", date_ja(event.deadline) if event.deadline else ""),
        ("主催", event.organizer or view.settings.organization.name),
        ("共催・後援", "、".join(event.partners)),
    ]
    return [(name, text) for name, text in facts if text]


def _grant_facts(grant: Grant, view: SiteView) -> list[tuple[str, str]]:
    from generator.rendering.filters import date_ja, rate_ja, yen

    at = f" {grant.closes_time:%H:%M}" if grant.closes_time else ""
    facts = [
        ("締切", f"{date_ja(grant.closes)}{at} {grant.rule.ja}"),
        ("受付開始", date_ja(grant.opens)),
        ("助成限度額", yen(grant.ceiling_yen)),
        ("助成率", rate_ja(grant.rate)),
        ("助成期間", grant.support_period),
        ("対象者", grant.eligibility),
        ("対象費用", grant.expenses),
        ("申請の方法", grant.how),
        ("申請書類", "、".join(grant.documents)),
        ("実施", view.settings.organization.name),
    ]
    return [(name, text) for name, text in facts if text]
