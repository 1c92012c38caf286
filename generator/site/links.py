"""Links in what staff wrote that lead to no page or file of ours, found before anything is drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from urllib.parse import unquote, urljoin, urlsplit

from generator import discovery
from generator.content.bodies import Body, Link, bodies_of, links_of
from generator.content.library import Library
from generator.content.reader import KINDS
from generator.errors import Problem, Severity
from generator.settings import Settings
from generator.site.publisher import Publisher

_MEND = "行き先のページのアドレスを確かめ、/ から書いてください"


def dead_links(
    library: Library, settings: Settings, pages: AbstractSet[str], publishers: Collection[Publisher]
) -> list[Problem]:
    """Return a problem for each link that leads nowhere; a warning where the page is not public on the day.

    ``pages`` are the addresses that the Library's own pages have; what the publishers write and what the doors
    answer is taken for good here (the pass over the built site sees those too).
    """
    found = [
        (body, link, address)
        for body, base in _texts(library)
        for link in links_of(body)
        if (address := _address(base, link)) and not _is_there(address, pages, settings)
    ]
    if not found:
        return []
    others = tuple(
        f"{prefix}{name}/"
        for name in (*(p.name for p in publishers), *(door.mount.strip("/") for door in discovery.doors()))
        for prefix in ("", "en/")
    )
    hidden = {item.address for kind in KINDS for item in library.all(kind)} - pages
    return [
        body.problem(settings.content, link.line, link.target, *_why(address, pages, hidden))
        for body, link, address in found
        if not address.startswith(others)
    ]


def _texts(library: Library) -> Iterator[tuple[Body, str]]:
    for kind in KINDS:
        for item in library.all(kind):
            for body in bodies_of(item):
                yield body, ("/en/" if body.path.endswith(".en.md") else "/") + item.address


def _address(base: str, link: Link) -> str:
    """Return where a link leads below the site's root; empty for other sites, this very page and pictures."""
    parts = urlsplit(link.target)
    if link.is_picture or parts.scheme or parts.netloc or not parts.path:
        return ""
    return unquote(urljoin(base, parts.path)).lstrip("/")


def _is_there(address: str, pages: AbstractSet[str], settings: Settings) -> bool:
    if address.startswith("assets/"):
        return (settings.content / address).is_file()
    is_file = "." in address.rpartition("/")[2] and not address.endswith(".md")
    return is_file or address in pages  # feeds, calendars and open data: names that staff do not make up


def _why(address: str, pages: AbstractSet[str], hidden: AbstractSet[str]) -> tuple[str, str, Severity]:
    if address in hidden:
        return "いまは公開していないページです", "公開の期間か、このリンクを直してください", Severity.WARNING
    if address.startswith("assets/"):
        return "ファイルがありません", "content/assets/ にファイルを置いてください", Severity.ERROR
    near = get_close_matches(address.removesuffix(".md") + "/", sorted(pages | hidden), n=1, cutoff=0.8)
    return "このサイトにないページです", f"「/{near[0]}」のことですか" if near else _MEND, Severity.ERROR
