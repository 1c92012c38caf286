"""One page of a list: a hundred companies, members first, with the way to its other pages and its data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from company_db.pages.listing import ListRow
from company_db.pages.look import Look
from company_db.pages.markup import breadcrumb, escape, link_head
from company_db.pages.names import names
from company_db.pages.words import Words


class ListPage(NamedTuple):
    """What one page of a list is made of."""

    section: str
    code: str
    number: int
    pages: int
    total: int
    lines: Sequence[ListRow]

    def path(self, number: int) -> str:
        """The address of a page of the same list, without the language's prefix."""
        first = f"companies/{self.section}/{self.code}/"
        return first if number == 1 else f"{first}{number}/"


def list_page(page: ListPage, look: Look, words: Words) -> bytes:
    """Return the whole page."""
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
        f"{_lines(page.lines, base, words)}{pager(page, look, words)}"
    )
    head = link_head(look.site_url, page.path(page.number), words, numbered)
    return look.stamp(words, f"{numbered}｜{words.directory}", head, body)


def _lines(lines: Sequence[ListRow], base: str, words: Words) -> str:
    if not lines:
        return f"<p>{words.empty}</p>"
    members = "".join(member_line(line, base, words) for line in lines if line.member)
    others = "".join(_registered_line(line, base, words) for line in lines if not line.member)
    shown = f'<h2>{words.members}</h2><ul class="d-list">{members}</ul>' if members else ""
    if others:
        shown += f'<h2>{words.registered_only_many}</h2><ul class="d-list d-lean">{others}</ul>'
        shown += f'<p class="d-source">{words.source}</p>'
    return shown


def member_line(line: ListRow, base: str, words: Words) -> str:
    """Return a member's card: name, what it makes, where, its certifications."""
    name, headline = _name(line, words), line.headline
    if words.language == "en" and line.headline_en:
        told = escape(line.headline_en)
    else:
        told = f'<span lang="ja">{escape(headline)}</span>' if words.language == "en" else escape(headline)
    known = names("certification", words.language)
    marks = "".join(f"<i>{known[code]}</i>" for code in line.certifications[:3] if code in known)
    town = names("municipality", words.language).get(line.municipality_code, "")
    told = f"<p>{told}</p>" if headline or line.headline_en else ""
    return (
        f'<li><a href="{base}{line.key}/">{name}</a> <span>{town}</span>{told}'
        + (f'<p class="d-marks">{marks}</p>' if marks else "")
        + "</li>"
    )


def _registered_line(line: ListRow, base: str, words: Words) -> str:
    town = names("municipality", words.language).get(line.municipality_code, "")
    return f'<li><a href="{base}{line.key}/">{_name(line, words)}</a> <span>{town}</span></li>'


def _name(line: ListRow, words: Words) -> str:
    if words.language == "ja":
        return escape(line.name)
    return escape(line.name_en) if line.name_en else f'<span lang="ja">{escape(line.name)}</span>'


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
