"""A page before it is rendered: its address, its words for machines, its template and values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import orjson


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the path that leads to a page."""

    title: str
    address: str


@dataclass(frozen=True)
class Page:
    """One page of the site. ``address`` is site-relative with its language: ``en/about/``; home is empty."""

    address: str
    title: str
    kind: str
    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    description: str = ""
    crumbs: tuple[Crumb, ...] = ()
    language: str = "ja"
    twin: str | None = None  # address of the same page in the other language
    data: tuple[Mapping[str, object], ...] = ()  # JSON-LD objects
    updated: date | None = None
    listed: bool = True  # stands in the sitemap

    @property
    def document(self) -> str:
        """Its path below build/docs/<language>."""
        inner = self.address.removeprefix("en/") if self.language == "en" else self.address
        return f"{inner}index.md"


def finished_markdown(page: Page, html: str, meta: Mapping[str, object]) -> bytes:
    """Write the document that the renderer wraps: front matter and one block of HTML.

    Front matter is JSON by line, which every YAML reader takes.
    """
    front = "\n".join(f"{name}: {orjson.dumps(value).decode()}" for name, value in meta.items())
    return f'---\n{front}\n---\n\n<div class="k-page">\n{html.strip()}\n</div>\n'.encode()


def json_ld(data: Mapping[str, object]) -> str:
    """Write one JSON-LD object so that it cannot close its script element."""
    text = orjson.dumps({"@context": "https://schema.org", **data}).decode()
    return text.replace("</", "<\\/").replace("<!--", "<\\u0021--")
