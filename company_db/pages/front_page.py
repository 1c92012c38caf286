"""The directory's front page and the front page of each section, with counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from company_db.pages.look import Look
from company_db.pages.markup import SECTIONS, breadcrumb, describe, link_head
from company_db.pages.names import names
from company_db.pages.tile_map import chooser
from company_db.pages.words import Words


class Front(NamedTuple):
    """What the front page shows."""

    listed: int
    members: int
    counts: Mapping[str, Mapping[str, int]]  # section → code → companies
    newest: Mapping[str, str]  # language → the lines of some members
    fresh: Mapping[str, str]


def front_page(front: Front, look: Look, words: Words) -> bytes:
    """Return the front page: search first, then the map and the lists for those without a word."""
    base = f"{look.root}{words.prefix}companies/"
    sections = "".join(_chooser(section, front.counts, base, words) for section in SECTIONS[1:])
    body = (
        f"{breadcrumb(look.root, words, [], '', 'companies/')}<h1>{words.directory}</h1>"
        f'<p class="d-lead">{words.lead}</p>{_search(look, words)}'
        f"{_counts(front, words)}"
        f"<section><h2>{words.by['municipality']}</h2>"
        f'<div class="d-town">{chooser(front.counts["municipality"], look.root, words)}'
        f'<details class="d-names"><summary>{words.as_list}</summary>'
        f"{_links('municipality', front.counts['municipality'], base, words)}</details></div>"
        f'<p class="d-source">{words.map_note}</p></section>'
        f"{sections}{_members(words.newest, front.newest[words.language])}"
        f"{_members(words.fresh, front.fresh[words.language])}"
        f'<p class="d-source">{words.source}</p>'
    )
    head = describe(words.lead) + link_head(look.site_url, "companies/", words)
    return look.stamp(words, words.directory, head, body)


def section_page(section: str, counts: Mapping[str, int], look: Look, words: Words) -> bytes:
    """Return the page of one section: every list of it, with its count."""
    base = f"{look.root}{words.prefix}companies/"
    title = words.by[section]
    body = (
        f"{breadcrumb(look.root, words, [], title, f'companies/{section}/')}<h1>{title}</h1>"
        f"{_industries(counts, base, words) if section == 'industry' else _links(section, counts, base, words)}"
    )
    head = describe(f"{words.directory}: {title}") + link_head(look.site_url, f"companies/{section}/", words)
    return look.stamp(words, f"{title}｜{words.directory}", head, body)


def _counts(front: Front, words: Words) -> str:
    """Say how many companies are listed, and what they are made up of."""
    parts = ((words.members, front.members), (words.registered_only_many, front.listed - front.members))
    return (
        f'<p class="d-count">{words.total} <b>{front.listed:,}</b> {words.companies} '
        + "".join(f'<span class="d-part">{name} <b>{count:,}</b></span>' for name, count in parts if count)
        + "</p>"
    )


def _search(look: Look, words: Words) -> str:
    action = f"{look.root}{words.prefix}search/"
    return (
        f'<form class="d-search" role="search" action="{action}" data-search="companies">'
        f'<label for="d-q">{words.search}</label><input id="d-q" name="q" type="search" autocomplete="off">'
        f'<button type="submit">{words.search_button}</button></form>'
    )


def _chooser(section: str, counts: Mapping[str, Mapping[str, int]], base: str, words: Words) -> str:
    found = counts.get(section, {})
    if section == "industry":
        found = {code: count for code, count in found.items() if len(code) == 1}
    if not found:
        return ""
    return (
        f'<section><h2><a href="{base}{section}/">{words.by[section]}</a></h2>'
        f"{_links(section, found, base, words)}</section>"
    )


def _links(section: str, counts: Mapping[str, int], base: str, words: Words) -> str:
    items = "".join(
        f'<li><a href="{base}{section}/{code}/">{name} <b>{counts[code]:,}</b></a></li>'
        for code, name in names(section, words.language).items()
        if code in counts
    )
    return f'<ul class="d-choose">{items}</ul>' if items else f"<p>{words.empty}</p>"


def _industries(counts: Mapping[str, int], base: str, words: Words) -> str:
    known = names("industry", words.language)
    shown = []
    for division in (code for code in known if len(code) == 1 and code in counts):
        groups = {code: n for code, n in counts.items() if len(code) > 1 and code[0] == division}
        inner = _links("industry", groups, base, words) if groups else ""
        shown.append(
            f'<section><h2><a href="{base}industry/{division}/">{known[division]} '
            f"({counts[division]:,})</a></h2>{inner}</section>"
        )
    return "".join(shown) or f"<p>{words.empty}</p>"


def _members(title: str, lines: str) -> str:
    return f'<section><h2>{title}</h2><ul class="d-list">{lines}</ul></section>' if lines else ""
