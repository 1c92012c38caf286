"""The browser's modules as they are published: bare, and in one compressed file, for hosts that compress nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from generator.search.packing import pack_text

ENTRY = "page.js"
_BLOCK_COMMENT = re.compile(r"[ \t]*/\*\*.*?\*/[ \t]*", re.DOTALL)
_LINE_COMMENT = re.compile(r"^[ \t]*//.*$", re.MULTILINE)
_IMPORT = re.compile(r"^import \{[^}]*\} from '\./([\w.]+)';\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=async |class |const |function )", re.MULTILINE)


def compact(source: str) -> str:
    """Drop JSDoc blocks, comment lines, indentation and empty lines; nothing inside a line is touched otherwise.

    Our modules hold no ``/**`` in strings and no template literal over several lines; a test runs the result.
    """
    bare = _LINE_COMMENT.sub("", _BLOCK_COMMENT.sub(" ", source))
    return "\n".join(line.strip() for line in bare.split("\n") if line.strip()) + "\n"


def pack(sources: Mapping[str, str]) -> bytes:
    """Return the page's module and all that it imports as one module, compressed.

    The modules share one scope, so their top-level names differ; what is imported on demand stays apart.
    """
    bare = {name: compact(source) for name, source in sources.items()}
    whole = "".join(
        _EXPORT.sub("", _IMPORT.sub("", bare[name])) for name in dict.fromkeys(_order(bare, ENTRY))
    )
    return pack_text(whole.encode())


def _order(bare: Mapping[str, str], name: str) -> Iterator[str]:
    """Yield what a module imports before it; some come twice."""
    for found in _IMPORT.finditer(bare[name]):
        yield from _order(bare, found[1])
    yield name
