"""The small pieces of HTML that every page of the directory is put together from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from html import escape as escape_marks
from typing import Any

import orjson

from company_db.pages.words import Words

SECTIONS = ("municipality", "industry", "process", "certification", "kana")
"""The kinds of list, in the order in which they are offered; each is a folder below companies/."""


def escape(text: str) -> str:
    """Return a text safe for HTML; most names hold no mark at all and pass at once."""
    return text if text.isalnum() else escape_marks(text)


def japanese_day(day: date) -> str:
    """Return 2023年11月22日."""
    return f"{day.year}年{day.month}月{day.day}日"


def day_text(iso: str, words: Words) -> str:
    """Return an ISO date as people read it, within a ``<time>``."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return escape(iso)
    text = japanese_day(day) if words.language == "ja" else f"{day.day} {day:%B} {day.year}"
    return f'<time datetime="{iso}">{text}</time>'


def json_script(value: Any) -> str:
    """Return a JSON-LD script that no text in it can end."""
    return f'<script type="application/ld+json">{_script_text(value)}</script>'


def in_json(text: str) -> str:
    """Return a text as it stands between the quotation marks of such a script."""
    return _script_text(text)[1:-1]


def _script_text(value: Any) -> str:
    return orjson.dumps(value).decode().replace("<", "\\u003c")


def describe(description: str) -> str:
    """Return what search services may show below the title."""
    return f'<meta name="description" content="{description}">'


def link_head(site_url: str, path: str, words: Words) -> str:
    """Return canonical and both languages; ``path`` is without the language's prefix."""
    return (
        f'<link rel="canonical" href="{site_url}{words.prefix}{path}">'
        f'<link rel="alternate" hreflang="ja" href="{site_url}{path}">'
        f'<link rel="alternate" hreflang="en" href="{site_url}en/{path}">'
    )


def breadcrumb(root: str, words: Words, steps: Sequence[tuple[str, str]], here: str, path: str) -> str:
    """Return the way from home to this page, and the way to the same page in the other language."""
    home = f"{root}{words.prefix}"
    links = [(home, words.place_home), (f"{home}companies/", words.home), *steps]
    items = "".join(f'<li><a href="{href}">{label}</a></li>' for href, label in links)
    if here:
        items += f'<li aria-current="page">{here}</li>'
    twin = f"{root}{'en/' if words.language == 'ja' else ''}{path}"
    return (
        f'<div class="d-way"><nav aria-label="{words.breadcrumb}"><ol>{items}</ol></nav>'
        f'<a class="d-twin" lang="{words.other}" hreflang="{words.other}" href="{twin}">{words.other_name}</a></div>'
    )


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """Return a two-column table; rows without a value are left out."""
    cells = "".join(
        f'<tr><th scope="row">{label}</th><td>{value}</td></tr>' for label, value in rows if value
    )
    return f'<table class="d-facts">{cells}</table>' if cells else ""


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table whose rows become labelled blocks on a phone; columns that are empty all the way are left out."""
    if not rows:
        return ""
    kept = [place for place in range(len(heads)) if place == 0 or any(row[place] for row in rows)]
    head = "".join(f'<th scope="col">{heads[place]}</th>' for place in kept)
    body = "".join(f"<tr>{_cells(heads, kept, row)}</tr>" for row in rows)
    return (
        f'<table class="d-table"><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cells(heads: Sequence[str], kept: Sequence[int], row: Sequence[str]) -> str:
    first, *rest = kept
    cells = "".join(f'<td data-label="{heads[place]}">{row[place]}</td>' for place in rest)
    return f'<th scope="row">{row[first]}</th>{cells}'


def paragraph(text: str) -> str:
    """Return escaped text as paragraphs at its line breaks."""
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
