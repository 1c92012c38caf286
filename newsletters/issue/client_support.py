"""Which HTML and CSS the mail readers of our subscribers understand: a small table with its dates, and the lint on it.

The table (``client_support.json``) is made from caniemail's files by ``python -m tests.newsletters.caniemail``, which
also says when the two differ. It names everything that a mail of ours may use; whatever it does not name is an error,
and so is what a reader ignores, unless a row says in ``enough`` why the mail is as good without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files

import orjson

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT_RULE = re.compile(r"@([a-z-]+)([^{};]*)", re.IGNORECASE)
_MEDIA_FEATURE = re.compile(r"\(\s*([a-z-]+)")
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_FUNCTION = re.compile(r"(?<![\w-])([a-z-]+)\(")
_UNIT = re.compile(r"(?<![\w#.-])-?\d*\.?\d+(%|[a-z]+)\b|(?<=\d)%")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_KEYWORD_MATTERS = ("display", "position", "float")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a mail that the table does not name, or that ``clients`` ignore."""

    feature: str
    clients: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """What an editor reads."""
        if self.clients:
            return f"{'、'.join(self.clients)}では効きません"
        return "メールソフトが分かるかどうかを確かめていない書き方です"


@dataclass(frozen=True, slots=True)
class _Row:
    missing: tuple[str, ...]
    enough: str


def lint_html(html: str) -> tuple[Finding, ...]:
    """Return each thing in a mail that a reader may not understand, each once and in order."""
    return tuple(dict.fromkeys(finding for use in uses_of(html) if (finding := _judge(use))))


def uses_of(html: str) -> tuple[str, ...]:
    """Return every element, attribute, property, at-rule, selector, unit and function of a mail, each once.

    They are written as in the table: ``<table>``, ``[align]``, ``padding``, ``display:block``, ``@media``,
    ``(max-width)``, ``:hover``, ``px``, ``url()``, ``#`` (a link within the mail), ``meta:viewport``.
    """
    page = _Page()
    page.feed(html)
    page.close()
    return tuple(dict.fromkeys([*page.uses, *_style_uses("".join(page.styles))]))


def _judge(use: str) -> Finding | None:
    row = _table().get(use)
    if row is None:
        return Finding(use)
    return Finding(use, row.missing) if row.missing and not row.enough else None


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.uses: list[str] = []
        self.styles: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        self.uses.append(f"<{tag}>")
        for name, value in attrs:
            self.uses.append(f"[{name}]")
            if name == "style":
                self.uses.extend(_declaration_uses(value or ""))
            elif (tag, name) == ("meta", "name"):
                self.uses.append(f"meta:{value}")
            elif name == "href" and (value or "").startswith("#"):
                self.uses.append("#")

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.styles.append(data)


def _style_uses(css: str) -> Iterator[str]:
    css = _COMMENT.sub("", css)
    for name, condition in _AT_RULE.findall(css):
        yield f"@{name.lower()}"
        yield from (f"({feature})" for feature in _MEDIA_FEATURE.findall(condition))
    for selectors, declarations in _RULE.findall(_AT_RULE.sub("", css)):
        yield from _selector_uses(selectors)
        yield from _declaration_uses(declarations)


def _selector_uses(selectors: str) -> Iterator[str]:
    for selector in selectors.split(","):
        yield from (f"::{name}" for name in re.findall(r"::([a-z-]+)", selector))
        yield from (f":{name}" for name in re.findall(r"(?<!:):([a-z-]+)", selector))
        yield from ("[attribute]" for _ in re.findall(r"\[", selector))
        yield from (f"a {mark} b" for mark in re.findall(r"[>+~]", selector))
        if re.search(r"[\w*)\]]\s+[\w.#*\[:]", selector.strip()):
            yield "a b"


def _declaration_uses(declarations: str) -> Iterator[str]:
    for declaration in _QUOTED.sub("", declarations).split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip().lower()
        if not colon or not name:
            continue
        yield "--*" if name.startswith("--") else name
        if "!important" in value:
            yield "!important"
        yield from (f"{function}()" for function in _FUNCTION.findall(value))
        yield from (unit or "%" for unit in _UNIT.findall(value))
        if name in _KEYWORD_MATTERS:
            yield f"{name}:{value.replace('!important', '').strip()}"


@cache
def _table() -> Mapping[str, _Row]:
    table = orjson.loads(files("newsletters.issue").joinpath("client_support.json").read_bytes())
    rows: dict[str, _Row] = {}
    for values in table["features"]:
        marks = zip(table["clients"], values["support"], strict=True)
        row = _Row(tuple(client for client, mark in marks if mark != "y"), values.get("enough", ""))
        rows |= dict.fromkeys(values["covers"], row)
    return rows | dict.fromkeys(table["everywhere"]["covers"], _Row((), ""))
