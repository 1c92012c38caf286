"""Support programs: by section of the plan, by need, and one page each with the answer on top."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.content.codes import Need
from generator.content.model import Program
from generator.content.states import WindowState
from generator.site.page import Crumb, Page
from generator.site.view import SiteView

CRUMB = Crumb("支援メニュー", "programs/")
_NEED_WORDS: Mapping[Need, str] = {
    Need.SELL: "新しい取引先や売り先を見つける",
    Need.MAKE: "試作、研究開発、共同開発を進める",
    Need.ABROAD: "輸出や海外の展示会に取り組む",
    Need.PROTECT: "特許・商標をとる、使う",
    Need.START: "会社をおこす、新しい事業を始める",
    Need.IMPROVE: "生産や経営のやり方を見直す",
    Need.FUND: "助成金や貸付を使う",
    Need.CONSULT: "まず話を聞いてほしい",
}


def program_pages(view: SiteView) -> Iterator[Page]:
    """Yield the list, the lists by need, and every program."""
    yield Page(
        address=CRUMB.address,
        title="支援メニュー",
        kind="programs",
        template="programs.html",
        description="茨城県の中小企業が使える支援を、分野とお困りごとから探せます。",
        values={"chapters": _chapters(view), "needs": need_words()},
        twin="en/programs/",
    )
    for need in Need:
        yield Page(
            address=need_address(need),
            title=f"「{need.ja}」ときの支援",
            kind="programs",
            template="programs_by_need.html",
            description=f"{_NEED_WORDS[need]}ための支援と、いま募集している助成金、これからの催しです。",
            crumbs=(CRUMB,),
            values=_need_values(view, need),
        )
    for program in view.programs:
        yield _program_page(view, program)
    for before, program in view.carried_on:
        yield _moved_page(before, program)


def need_address(need: Need) -> str:
    """Return the address of the list of one need."""
    return f"programs/needs/{need.value}/"


def need_words() -> list[tuple[Need, str, str]]:
    """Return each need with its words and address, for tiles."""
    return [(need, words, need_address(need)) for need, words in _NEED_WORDS.items()]


def _chapters(view: SiteView) -> list[tuple[str, list[Program]]]:
    chapters: dict[str, list[Program]] = {}
    for program in view.programs:
        section = view.section(program.section)
        chapters.setdefault(section.chapter if section else "そのほか", []).append(program)
    return list(chapters.items())


def _need_values(view: SiteView, need: Need) -> dict[str, object]:
    programs = [p for p in view.programs if need in p.needs]
    slugs = {p.slug for p in programs}
    return {
        "need": need,
        "words": _NEED_WORDS[need],
        "programs": programs,
        "grants": [g for g in view.open_grants if g.program in slugs],
        "events": [e for e in view.upcoming if e.program in slugs],
    }


def _program_page(view: SiteView, program: Program) -> Page:
    events = view.events_of(program)
    section = view.section(program.section)
    return Page(
        address=program.address,
        title=program.title,
        kind="programs",
        template="program.html",
        description=program.summary or f"{program.audience}。{program.offer}",
        crumbs=(CRUMB,),
        updated=program.updated,
        twin=f"en/{program.address}" if program.english else None,
        values={
            "program": program,
            "desk": view.desk(program.desk),
            "grants": view.grants_of(program),
            "waiting": [g for g in view.grants_of(program) if view.state_of(g) is not WindowState.CLOSED],
            "coming": [e for e in events if e.ends.date() >= view.on],
            "held": [e for e in reversed(events) if e.ends.date() < view.on],
            "stories": view.stories_of(program),
            "related": [p for slug in program.related if (p := view.program(slug))],
            "section": section,
            "lines": [line for line in section.lines if line.key in program.plan] if section else [],
        },
        data=(_service_data(view, program),),
    )


def _moved_page(before: Program, program: Program) -> Page:
    """Keep the address of an earlier year alive: links to it stand in old mails and on other sites."""
    return Page(
        address=before.address,
        title=before.title,
        kind="programs",
        template="program_moved.html",
        description=f"{program.title}に引き継ぎました。",
        crumbs=(CRUMB,),
        twin=f"en/{before.address}" if before.english and program.english else None,
        values={"program": program},
        listed=False,
    )


def _service_data(view: SiteView, program: Program) -> dict[str, object]:
    return {
        "@type": "GovernmentService",
        "name": program.title,
        "description": program.summary or program.offer,
        "url": view.absolute(program.address),
        "audience": {"@type": "Audience", "audienceType": program.audience},
        "areaServed": {"@type": "AdministrativeArea", "name": "茨城県"},
        "provider": {"@type": "GovernmentOrganization", "name": view.settings.organization.name},
    }
