"""Checks of what stands below the front matter: pictures, HTML that a page may not hold, links that say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from generator.content.model import Item
from generator.errors import Problem, Severity

_CODE = re.compile(
    r"^(?P<fence>```|~~~).*?^(?P=fence)|(?P<tick>`+)[^`].*?(?P=tick)|<!--.*?-->", re.DOTALL | re.MULTILINE
)
_LINK = re.compile(r"(?P<picture>!?)\[(?P<words>(?:[^\[\]]|\[[^\]]*\])*)\]\(\s*<?(?P<target>[^)\s>]*)")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]^][^\]]*\]:\s*<?(?P<target>[^\s>]+)", re.MULTILINE)
_TAG = re.compile(r"<(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?P<attributes>(?:\s[^<>]*)?)/?>")
_ATTRIBUTE = re.compile(
    r"(?P<name>[a-zA-Z-]+)\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"'>]+))"
)
_FOREIGN_TAG = re.compile(
    "applet|audio|base|button|embed|form|frame|iframe|input|link|math|meta|object|script|select|style|svg|textarea|video"
)
VAGUE_WORDS = {
    *("こちら", "ここ", "ここをクリック", "詳細", "詳しく", "リンク", "クリック"),
    *("here", "click here", "more", "read more", "link"),
}
"""What a link must not say: read aloud alone, it tells nothing of where it leads."""
_TABLE_ROW = re.compile(r"^ {0,3}\|.*\|.*$")
_UNDER_HEADS = re.compile(r"^[ :|-]+$")
_SCHEMES = {"", "http", "https", "mailto", "tel"}


@dataclass(frozen=True, slots=True)
class Body:
    """The text of one file; ``path`` is below content/."""

    path: str
    text: str

    def problem(
        self, content: Path, line: int, value: str, message: str, mend: str, severity: Severity
    ) -> Problem:
        """Say what is wrong on a line of the text (from 0) by the line of its file."""
        file = content / self.path
        written = file.read_text(encoding="utf-8-sig") if file.is_file() else ""
        at = written.find(self.text)
        place = written.count("\n", 0, at) + 1 + line if at >= 0 else 0
        return Problem(f"content/{self.path}", place, "body", value, message, mend, severity)


@dataclass(frozen=True, slots=True)
class Link:
    """Where a text leads, or which picture it shows; ``line`` counts from the text's first (0)."""

    line: int
    target: str
    words: str
    is_picture: bool


def bodies_of(item: Item) -> Iterator[Body]:
    """Return an item's text and its English one, where they say anything."""
    if item.body:
        yield Body(item.path, item.body)
    if item.english and item.english.body:
        yield Body(f"{item.path.removesuffix('.md')}.en.md", item.english.body)


def links_of(body: Body) -> Iterator[Link]:
    """Return the links and pictures of a text in Markdown or HTML; code and comments hold none."""
    text = _without_code(body.text)
    for match in _LINK.finditer(text):
        yield Link(
            _line(body, match.start()),
            unescape(match["target"]),
            match["words"].strip(),
            bool(match["picture"]),
        )
    for match in _REFERENCE.finditer(text):
        yield Link(_line(body, match.start()), unescape(match["target"]), match["target"], is_picture=False)
    for match in _TAG.finditer(text):
        attributes = _attributes(match["attributes"])
        name = match["name"].lower()
        if name == "a" and "href" in attributes:
            yield Link(_line(body, match.start()), attributes["href"], attributes["href"], is_picture=False)
        if name == "img":
            yield Link(
                _line(body, match.start()),
                attributes.get("src", ""),
                attributes.get("alt", ""),
                is_picture=True,
            )


def body_problems(body: Body, content: Path) -> list[Problem]:
    """Return what a reader would stumble over, or what breaks the promise to load nothing from other sites."""
    found = [*_unclear_pictures(body, content), *_broken_tables(body)]
    return [*(body.problem(content, *finding) for finding in found), *markup_problems(body, content)]


def markup_problems(body: Body, content: Path) -> list[Problem]:
    """Return the links that say nothing or cannot be opened, and the HTML that neither page nor mail may hold."""
    return [body.problem(content, *finding) for finding in (*_unclear_links(body), *_unwelcome_html(body))]


_Found = Iterator[tuple[int, str, str, str, Severity]]
"""line, value, what is wrong, mend, how bad."""


def _unclear_pictures(body: Body, content: Path) -> _Found:
    place = "content/assets/ に画像を置き、その名前を書いてください"
    for link in links_of(body):
        if not link.is_picture:
            continue
        if not link.words:
            message, mend = "画像に代わりの文がありません", "画像が伝えることを、![ここに](…) 書いてください"
            yield link.line, link.target, message, mend, Severity.ERROR
        parts = urlsplit(link.target)
        if parts.scheme or parts.netloc:
            message = "ほかのサイトの画像です。読む人がそのサイトにも知られます"
            yield link.line, link.target, message, place, Severity.ERROR
        elif not _exists(body, parts.path, content):
            yield link.line, link.target, "画像のファイルがありません", place, Severity.ERROR


def _unclear_links(body: Body) -> _Found:
    for link in links_of(body):
        if link.is_picture:
            continue
        if urlsplit(link.target).scheme.lower() not in _SCHEMES:
            mend = "https: か mailto: か tel: ではじまる行き先を書いてください"
            yield link.line, link.target, "開けない種類のリンクです", mend, Severity.ERROR
        if link.words.lower() in VAGUE_WORDS:
            message, mend = "リンクのことばから行き先が分かりません", "行き先の名前をリンクにしてください"
            yield link.line, link.words, message, mend, Severity.WARNING


def _unwelcome_html(body: Body) -> _Found:
    text = _without_code(body.text)
    for match in _TAG.finditer(text):
        name, line = match["name"].lower(), _line(body, match.start())
        if _FOREIGN_TAG.fullmatch(name):
            message, mend = "原稿には置けないHTMLです", "Markdownで書くか、行き先へのリンクにしてください"
            yield line, f"<{name}>", message, mend, Severity.ERROR
        for attribute in _attributes(match["attributes"]):
            if attribute.startswith("on"):
                yield line, attribute, "原稿には置けない動きです", "この属性を消してください", Severity.ERROR


def _broken_tables(body: Body) -> _Found:
    before = ""
    for number, (row, below) in enumerate(pairwise([*_without_code(body.text).splitlines(), ""])):
        is_first = _TABLE_ROW.match(row) and not _TABLE_ROW.match(before)
        if is_first and not (_UNDER_HEADS.match(below) and _cells(below) == _cells(row)):
            message = "表の形になっていません"
            mend = f"次の行を {'|---' * _cells(row)}| にしてください（見出しの数だけ）"
            yield number, row.strip()[:30], message, mend, Severity.WARNING
        before = row


def _cells(row: str) -> int:
    return row.strip().strip("|").count("|") + 1


def _exists(body: Body, path: str, content: Path) -> bool:
    if path.startswith("/"):
        return (content / path.lstrip("/")).exists()
    return (content / body.path).parent.joinpath(path).exists()


def _without_code(text: str) -> str:
    """Blank out code and comments; every other letter stays in its place."""
    return _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _line(body: Body, position: int) -> int:
    return body.text.count("\n", 0, position)


def _attributes(text: str) -> dict[str, str]:
    return {
        match["name"].lower(): unescape(match["double"] or match["single"] or match["bare"] or "")
        for match in _ATTRIBUTE.finditer(text)
    }
