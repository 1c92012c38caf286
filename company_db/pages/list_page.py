"""One page of a list: a hundred companies, members first, with the way to its other pages and its data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from company_db.directory_row import ListedRow
from company_db.pages.listing import MemberFacts
from company_db.pages.look import Look
from company_db.pages.markup import breadcrumb, describe, escape, link_head
from company_db.pages.names import names
from company_db.pages.words import Words


class ListPage(NamedTuple):
    """Which page of which list."""

    section: str
    code: str
    number: int
    pages: int
    total: int

    def path(self, number: int) -> str:
        """The address of a page of the same list, without the language's prefix."""
        first = f"companies/{self.section}/{self.code}/"
        return first if number == 1 else f"{first}{number}/"


def list_page(
    page: ListPage, members: Sequence[str], others: Sequence[str], look: Look, words: Words
) -> bytes:
    """Return the whole page; members and register-only companies come as their lines."""
    base = f"{look.root}{words.prefix}companies/"
    name = names(page.section, words.language)[page.code]
    title = words.list_of.format(name)
    numbered = f"{title} {words.page.format(page.number)}" if page.pages > 1 else title
    steps = [(f"{base}{page.section}/", words.by[page.section])]
    if page.section == "industry" and len(page.code) > 1:
        steps.append((f"{base}industry/{page.code[0]}/", names("industry", words.language)[page.code[0]]))
    body = (
        f"{breadcrumb(look.root, words, steps, name, page.path(page.number))}<h1>{title}</h1>"
        f'<p class="d-count"><b>{page.total:,}</b> {words.companies}{_data(page, look, words)}</p>'
        f"{_lists(members, others, words)}{pager(page, look, words)}"
    )
    head = describe(numbered) + link_head(look.site_url, page.path(page.number), words)
    return look.stamp(words, f"{numbered}｜{words.directory}", head, body)


def _lists(members: Sequence[str], others: Sequence[str], words: Words) -> str:
    shown = ""
    if members:
        shown = f'<h2>{words.members}</h2><ul class="d-list">{"".join(members)}</ul>'
    if others:
        shown += f'<h2>{words.registered_only_many}</h2><ul class="d-list d-lean">{"".join(others)}</ul>'
        shown += f'<p class="d-source">{words.source}</p>'
    return shown or f"<p>{words.empty}</p>"


def company_line(row: ListedRow, facts: MemberFacts | None, root: str, words: Words) -> str:
    """Return a company's list item; a member's says what it makes and holds."""
    name = escape(row.name)
    if words.language == "en":
        name = escape(row.name_en) if row.name_en else f'<span lang="ja">{name}</span>'
    town = names("municipality", words.language).get(row.municipality_code, "")
    told = _told(facts, words) if facts else ""
    return f'<li><a href="{root}{words.prefix}companies/{row.key}/">{name}</a> <span>{town}</span>{told}</li>'


def _told(facts: MemberFacts, words: Words) -> str:
    headline = escape(facts.headline)
    if words.language == "en" and facts.headline_en:
        headline = escape(facts.headline_en)
    elif words.language == "en" and headline:
        headline = f'<span lang="ja">{headline}</span>'
    known = names("certification", words.language)
    marks = "".join(f"<i>{known[code]}</i>" for code in facts.certifications[:3] if code in known)
    return (f"<p>{headline}</p>" if headline else "") + (f'<p class="d-marks">{marks}</p>' if marks else "")


def _data(page: ListPage, look: Look, words: Words) -> str:
    if not page.total:
        return ""
    path = f"{look.root}companies/{page.section}/{page.code}"
    return f' <span class="d-data">{words.data}: <a href="{path}.csv">CSV</a> <a href="{path}.json">JSON</a></span>'


def pager(page: ListPage, look: Look, words: Words) -> str:
    """Return the links to the other pages: the neighbours, the first, the last and those near."""
    if page.pages == 1:
        return ""
    start = f"{look.root}{words.prefix}"
    near = {1, page.pages, *range(max(1, page.number - 2), min(page.pages, page.number + 2) + 1)}
    items, last = [], 0
    for number in sorted(near):
        if number > last + 1:
            items.append("<li>…</li>")
        here = ' aria-current="page"' if number == page.number else ""
        items.append(f'<li><a href="{start}{page.path(number)}"{here}>{number}</a></li>')
        last = number
    if page.number > 1:
        items.insert(
            0, f'<li><a rel="prev" href="{start}{page.path(page.number - 1)}">{words.previous}</a></li>'
        )
    if page.number < page.pages:
        items.append(
            f'<li><a rel="next" href="{start}{page.path(page.number + 1)}">{words.following}</a></li>'
        )
    return f'<nav class="d-pager" aria-label="{words.pages}"><ul>{"".join(items)}</ul></nav>'
