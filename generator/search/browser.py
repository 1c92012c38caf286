"""The browser's modules as they are published: without comments and indentation, on hosts that compress nothing."""

from __future__ import annotations

import re

_BLOCK_COMMENT = re.compile(r"[ \t]*/\*\*.*?\*/[ \t]*", re.DOTALL)
_LINE_COMMENT = re.compile(r"^[ \t]*//.*$", re.MULTILINE)


def compact(source: str) -> str:
    """Drop JSDoc blocks, comment lines, indentation and empty lines; nothing inside a line is touched otherwise.

    Our modules hold no ``/**`` in strings and no template literal over several lines; a test runs the result.
    """
    bare = _LINE_COMMENT.sub("", _BLOCK_COMMENT.sub(" ", source))
    return "\n".join(line.strip() for line in bare.split("\n") if line.strip()) + "\n"
