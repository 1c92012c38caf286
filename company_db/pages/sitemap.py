"""Sitemap files of the directory, small enough that one changed company rewrites one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from company_db.pages.words import WORDS

PER_FILE = 10_000
"""Addresses a file; the protocol allows 50,000."""

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)


def sitemaps(entries: Sequence[tuple[str, str]]) -> Iterator[tuple[str, Sequence[tuple[str, str]]]]:
    """Split pages (path without language prefix, ISO date or empty) into named files."""
    half = PER_FILE // len(WORDS)
    for number, start in enumerate(range(0, len(entries), half), start=1):
        yield f"sitemap-{number}.xml", entries[start : start + half]


def sitemap(entries: Sequence[tuple[str, str]], site_url: str) -> bytes:
    """Return one file; each page is named in both languages."""
    urls = "".join(
        f"<url><loc>{site_url}{words.prefix}{path}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>\n"
        for path, day in entries
        for words in WORDS.values()
    )
    return f"{_HEAD}{urls}</urlset>\n".encode()
