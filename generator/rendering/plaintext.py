"""Text for mail: HTML of our own Markdown to plain lines, folded by columns with the rules of Japanese (禁則)."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

COLUMNS = 68
"""Half-width columns of a line; with one mark hanging over (ぶら下げ) it is 35 full-width characters."""

NOT_FIRST = "、。，．,.・：；:;？！?!）)」』】〕〉》］]｝}ー々ゝゞヽヾ〜…‥ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％"
NOT_LAST = "（(「『【〔〈《［[｛{￥＄"
_WORD = re.compile(r"https?://[^\s（）「」、。]+|[A-Za-z0-9][A-Za-z0-9.,:/_@%+#&'\"-]*|.", re.DOTALL)
_SPACES = re.compile(r"[ \t\r\n]+")


def width(text: str) -> int:
    """Return the columns that a text takes: 2 for a full-width character, 1 for the rest."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def fold(text: str, *, columns: int = COLUMNS, first: str = "", rest: str = "") -> str:
    """Fold one paragraph; ``first`` and ``rest`` stand before its lines. An address is never cut."""
    lines: list[str] = []
    line: list[str] = []
    used = width(first)
    for word in _WORD.findall(_SPACES.sub(" ", text.strip())):
        if line and used + width(word) > columns and word[0] not in NOT_FIRST:
            carried = _carry(line)
            lines.append("".join(line).rstrip())
            line, used = carried, width(rest) + sum(map(width, carried))
        elif line and used + width(word) > columns + 2:
            carried = [line.pop()] if len(line) > 1 else []
            carried = [*_carry(line), *carried]
            lines.append("".join(line).rstrip())
            line, used = carried, width(rest) + sum(map(width, carried))
        if word == " " and not line:
            continue
        for piece in _pieces(word, columns - width(rest)):
            if line and used + width(piece) > columns + 2:
                lines.append("".join(line).rstrip())
                line, used = [], width(rest)
            line.append(piece)
            used += width(piece)
    lines.append("".join(line).rstrip())
    return "\n".join((first if i == 0 else rest) + part for i, part in enumerate(lines))


def _carry(line: list[str]) -> list[str]:
    """Take opening brackets off a line's end: they belong to what follows."""
    carried: list[str] = []
    while len(line) > 1 and line[-1] in NOT_LAST:
        carried.insert(0, line.pop())
    return carried


def _pieces(token: str, room: int) -> list[str]:
    """Cut a Latin word that is longer than a line; an address stays whole."""
    if width(token) <= room or token.startswith(("http://", "https://")):
        return [token]
    return [token[i : i + room] for i in range(0, len(token), room)]


def html_to_text(html: str, *, columns: int = COLUMNS) -> str:
    """Turn the HTML of our own Markdown into folded lines; links keep their full address on a line of its own."""
    reader = _Reader(columns)
    reader.feed(html)
    reader.close()
    return reader.text()


_BLOCKS = {
    "p",
    "div",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
    "blockquote",
    "pre",
    "dt",
    "dd",
    "figcaption",
}


class _Reader(HTMLParser):
    def __init__(self, columns: int) -> None:
        super().__init__(convert_charrefs=True)
        self._columns = columns
        self._blocks: list[str] = []
        self._buffer: list[str] = []
        self._links: list[str] = []
        self._addresses: list[str] = []  # of links whose paragraph is not at its end yet
        self._lists: list[int | None] = []
        self._quote = 0
        self._pre = False
        self._prefix = ""
        self._tight = False
        self._fresh_list = False
        self._rows = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS or tag in {"ul", "ol", "table", "hr"}:
            self._end_block()
        match tag:
            case "a":
                self._links.append(values.get("href", ""))
            case "img":
                self._buffer.append(f"【画像: {values.get('alt', '')}】")
            case "br":
                self._buffer.append("\n")
            case "ul" | "ol":
                self._fresh_list = not self._lists
                self._lists.append(1 if tag == "ol" else None)
            case "li":
                self._begin_item()
            case "td" | "th":
                self._begin_cell()
            case _:
                self._begin_block(tag)

    def _begin_cell(self) -> None:
        while self._buffer and not self._buffer[-1].strip():
            self._buffer.pop()
        self._buffer.append("／" if self._buffer else "")

    def _begin_block(self, tag: str) -> None:
        if tag in {"tr", "table"}:
            self._tight = tag == "tr" and self._rows > 0
            self._rows = self._rows + 1 if tag == "tr" else 0
        elif tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self._prefix = "■ " if tag in {"h1", "h2"} else "□ "
        elif tag == "hr":
            self._blocks.append("－" * 10)
        elif tag == "blockquote":
            self._quote += 1
        elif tag == "pre":
            self._pre = True

    def _begin_item(self) -> None:
        number = self._lists[-1] if self._lists else None
        indent = "　" * (max(len(self._lists), 1) - 1)
        self._prefix = indent + ("・" if number is None else f"{number}. ")
        if number is not None:
            self._lists[-1] = number + 1
        self._tight = not self._fresh_list
        self._fresh_list = False

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end_block()
        if tag == "a" and self._links:
            address = self._links.pop()
            if address and address not in "".join(self._buffer):
                self._addresses.append(address)
        elif tag in {"ul", "ol"} and self._lists:
            self._end_block()
            self._lists.pop()
        elif tag == "blockquote":
            self._quote -= 1
        elif tag == "pre":
            self._pre = False

    def handle_data(self, data: str) -> None:
        self._buffer.append(data if self._pre else _SPACES.sub(" ", data))

    def _end_block(self) -> None:
        text = "\n".join(["".join(self._buffer).strip("\n"), *self._addresses])
        self._buffer.clear()
        self._addresses.clear()
        if not text.strip():
            return
        first = "＞ " * self._quote + self._prefix
        rest = "＞ " * self._quote + "　" * (width(self._prefix) // 2)
        self._prefix = ""
        parts = text.strip("\n").split("\n")
        lines = [
            part if self._pre else fold(part, columns=self._columns, first=rest if i else first, rest=rest)
            for i, part in enumerate(parts)
            if part.strip() or self._pre
        ]
        block = "\n".join(_unindent(line) for line in lines)
        if self._tight and self._blocks:
            self._blocks[-1] += "\n" + block
        else:
            self._blocks.append(block)
        self._tight = False

    def text(self) -> str:
        self._end_block()
        return "\n\n".join(self._blocks)


def _unindent(line: str) -> str:
    """Addresses stand at the line's beginning, so that every reader makes a link of them."""
    bare = line.lstrip("　 ")
    return bare if bare.startswith(("http://", "https://")) else line
