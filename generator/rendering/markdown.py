"""Staff's Markdown to HTML: headings below the page's own, tables that fit a phone, links that follow the site."""

from __future__ import annotations

import re
from functools import lru_cache
from threading import get_ident
from xml.etree.ElementTree import Element

import markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from generator.rendering.loose_lines import tidy_lines

_GAP = re.compile(
    r"(?<=[\u3000-\u9fff\uf900-\ufaff\uff00-\uff60])\n(?=[\u3000-\u9fff\uf900-\ufaff\uff00-\uff60])"
)
_EXTENSIONS = (
    "tables",
    "attr_list",
    "def_list",
    "fenced_code",
    "footnotes",
    "sane_lists",
    "admonition",
    "md_in_html",
)
_IN_PATH = "A-Za-z0-9/?#%&=~+@$_*-"
_BARE_ADDRESS = rf"(?<![A-Za-z0-9/])https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d+)?(?:[!;:.,{_IN_PATH}]*[{_IN_PATH}])?"
_BACK = {"ja": "本文の注{}のところへもどる", "en": "Back to note {} in the text"}


def to_html(text: str, *, base: str = "/", top_heading: int = 2, language: str = "ja") -> str:
    """Render Markdown; ``base`` is put before links that begin with ``/``, headings start at ``top_heading``."""
    if not text.strip():
        return ""
    return _converter(base, top_heading, language, get_ident()).reset().convert(text)


@lru_cache(maxsize=32)
def _converter(base: str, top_heading: int, language: str, _thread: int) -> markdown.Markdown:
    """Make a converter once for each thread: it holds what it reads, and is slow to set up."""
    return markdown.Markdown(
        extensions=[*_EXTENSIONS, _PublicPage(base, top_heading)],
        extension_configs={"footnotes": {"BACKLINK_TITLE": _BACK[language]}},
        output_format="html",
    )


class _PublicPage(Extension):
    def __init__(self, base: str, top_heading: int) -> None:
        super().__init__()
        self.base = base
        self.top_heading = top_heading

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - the library's name
        md.preprocessors.register(_Tidy(), "koho-tidy", 10)  # when code and HTML have been put aside
        md.inlinePatterns.register(_BareAddress(_BARE_ADDRESS), "koho-address", 85)  # after links and HTML
        md.treeprocessors.register(_Finish(self.base, self.top_heading), "koho-finish", 0)


class _Tidy(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        return tidy_lines(lines)


class _BareAddress(InlineProcessor):
    """An address that stands in the text leads where it says; it ends where Japanese goes on."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the library's name, and its two shapes
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        link = Element("a", href=m[0])
        link.text = AtomicString(m[0])
        return link, m.start(0), m.end(0)


class _Finish(Treeprocessor):
    def __init__(self, base: str, top_heading: int) -> None:
        super().__init__()
        self.base = base
        self.top_heading = top_heading

    def run(self, root: Element) -> None:
        self._place_headings(root)
        for table in root.iter("table"):
            _label_cells(table)
        _join_lines(root)
        for element in root.iter():
            for name in ("href", "src"):
                target = element.get(name, "")
                if target.startswith("/") and not target.startswith("//"):
                    element.set(name, self.base + target[1:])
            if element.tag == "img":
                element.set("loading", "lazy")

    def _place_headings(self, root: Element) -> None:
        levels = {f"h{n}": n for n in range(1, 7)}
        headings = [e for e in root.iter() if e.tag in levels]
        if not headings:
            return
        shift = self.top_heading - min(levels[e.tag] for e in headings)
        previous = self.top_heading - 1
        for heading in headings:
            level = max(self.top_heading, min(levels[heading.tag] + shift, previous + 1, 6))
            heading.tag = f"h{level}"
            previous = level


def _join_lines(element: Element) -> None:
    """Take out the line breaks between Japanese letters: a browser would show a gap there."""
    if element.tag == "pre":
        return
    element.text = _GAP.sub("", element.text) if element.text else element.text
    for child in element:
        _join_lines(child)
        child.tail = _GAP.sub("", child.tail) if child.tail else child.tail


def _label_cells(table: Element) -> None:
    """Give each cell its column's name, which phones show beside it."""
    heads = ["".join(cell.itertext()).strip() for cell in table.iter("th")]
    for cell in table.iter("th"):
        cell.set("scope", "col")
    for row in table.iter("tr"):
        for head, cell in zip(heads, row.findall("td"), strict=False):
            cell.set("data-label", head)
