"""How texts are made comparable before they are searched; the rules stand once, in normaliser.json.

The browser applies the same file (normalise.js); ``tests/samples/search/normalise.json`` holds the pairs
that both sides must agree on.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

SHORT = 24  # characters; shorter texts (materials, towns) come again and again
_HIRAGANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}


@cache
def rules_data() -> dict[str, Any]:
    """Return the rules as they stand in the file, for those who hand them on to the browser."""
    text = files("generator.search").joinpath("normaliser.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


@cache
def rules_mark() -> str:
    """Return what tells these rules from others: what was indexed by others must be indexed anew."""
    return f"{zlib.crc32(json.dumps(rules_data(), sort_keys=True).encode()):08x}"


@cache
def _table() -> dict[int, int | str]:
    table: dict[int, int | str] = dict(_HIRAGANA)
    for pairs in rules_data()["fold"].values():
        table.update({ord(pair[0]): pair[1] for pair in pairs.split()})
    for hiragana, katakana in _HIRAGANA.items():
        table[hiragana] = table.get(katakana, katakana)
    for first, last in rules_data()["remove"]:
        table.update(dict.fromkeys(range(int(first, 16), int(last, 16) + 1), ""))
    return table


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    return tuple(
        (re.compile(_ascii_words(find)), becomes.replace("$1", r"\1"), needs)
        for find, becomes, needs in rules_data()["rules"]
    )


def _ascii_words(pattern: str) -> str:
    r"""Write JavaScript's ``\b`` (ASCII letters only, even in Unicode patterns) for Python."""
    return pattern.replace(r"\b", r"(?:(?<=[a-z0-9_])(?![a-z0-9_])|(?<![a-z0-9_])(?=[a-z0-9_]))")


def normalise(text: str) -> str:
    """Return the comparable form of one field or one query word; idempotent."""
    return _short(text) if len(text) <= SHORT else _normalise(text)


@lru_cache(maxsize=20_000)
def _short(text: str) -> str:
    return _normalise(text)


def _normalise(text: str) -> str:
    result = text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)
    result = result.lower().translate(_table())
    for pattern, becomes, needs in _rules():
        if needs in result:
            result = pattern.sub(becomes, result)
    return result
