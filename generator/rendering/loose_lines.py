"""What people write in a hurry, as the Markdown they mean: lists and tables without a blank line, Japanese marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_ITEM = re.compile(r"^(?P<indent> *)(?P<marker>[-*+]|(?P<number>\d{1,9})[.)]) +(?P<words>\S.*)$")
_DOT = re.compile(r"^([ \u3000]*)・[ \u3000]*(?=\S)")
_HEADING = re.compile(r"^([#＃]{1,6})[ \u3000]+(?=\S)")
_RULE = re.compile(r"^ {0,3}([-*_])( *\1){2,} *$")
_UNDER_HEADS = re.compile(r"^ {0,3}(?=.*-)(?=.*\|)[ :|-]+$")
_STEP = 4  # spaces of a level, as the renderer counts them
_LEAST = 2  # spaces by which people set a level off


def tidy_lines(lines: Sequence[str]) -> list[str]:
    """Return the lines so that the renderer reads them as CommonMark would, and as a Japanese writer means them.

    A list or a table ends the paragraph before it; a sublist may be set off by two spaces; a dot (・) at a line's
    beginning is a list's item and a full-width sign (＃) a heading's.
    """
    return list(_tidied([_plain_marks(line) for line in lines]))


def _plain_marks(line: str) -> str:
    line = _HEADING.sub(lambda m: m[1].replace("＃", "#") + " ", line)
    return _DOT.sub(lambda m: m[1].replace("\u3000", "  ") + "- ", line)


def _tidied(lines: Sequence[str]) -> Iterator[str]:
    levels: list[int] = []  # the column of the marker of each open item, outermost first
    before = ""
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        column = len(line) - len(line.lstrip(" "))
        item = None if _RULE.match(line) else _ITEM.match(line)
        if item and (levels or column < _STEP):
            if not levels and _is_text(before) and item["number"] in (None, "1"):
                yield ""
            while levels and column < levels[-1] + _LEAST:
                levels.pop()
            marker = f"{item['number']}." if item["number"] else item["marker"]
            yield f"{' ' * _STEP * len(levels)}{marker} {item['words']}"
            levels.append(column)
        elif levels and line.strip() and not before.strip():
            levels = [level for level in levels if column >= level + _LEAST]
            yield " " * _STEP * len(levels) + line[min(column, _STEP * len(levels)) :]
        else:
            if _UNDER_HEADS.match(after) and "|" in line and _is_text(before) and "|" not in before:
                yield ""
            yield line.lstrip(" ") if levels else line
        before = line


def _is_text(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")
