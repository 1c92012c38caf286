"""機種依存文字: one declared policy for characters that some mail readers cannot show.

Replaced: circled and Roman numerals, squared words and units, half-width kana, the wave dash's double.
Kept: 髙, 﨑 and every other letter of a person's or company's name; mail leaves as UTF-8 and a name is not ours to
change. Control and private-use characters are removed. The web face keeps what the editor wrote.
"""

from __future__ import annotations

import re
import unicodedata

_SPECIAL = {
    "㈱": "（株）",
    "㈲": "（有）",
    "㈹": "（代）",
    "㍿": "株式会社",
    "№": "No.",
    "℡": "電話",
    "～": "〜",
    "−": "－",
}
_REPLACED = re.compile(
    "[\uff61-\uff9f]+|[\u2460-\u24ff\u2776-\u2793\u2150-\u218f\u3200-\u32ff\u3300-\u33ff\u2100-\u214f～−]+"
)
_REMOVED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\u200b\u2060\ufeff\ufffe\uffff]")
_CIRCLED = re.compile("[\u2460-\u2473]")


def settle(text: str) -> str:
    """Return the text with every machine-dependent character replaced as the policy says."""
    text = _REMOVED.sub("", text)
    return _REPLACED.sub(lambda run: _replacement(run[0]), text)


def doubtful(text: str) -> tuple[str, ...]:
    """Return the characters of a text that the policy would replace or remove, each once."""
    found = [c for run in (*_REPLACED.findall(text), *_REMOVED.findall(text)) for c in run]
    return tuple(dict.fromkeys(found))


def _replacement(run: str) -> str:
    if all("\uff61" <= c <= "\uff9f" for c in run):
        return unicodedata.normalize("NFKC", run)
    return "".join(_one(c) for c in run)


def _one(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    plain = unicodedata.normalize("NFKC", character).replace("⁄", "/")
    if _CIRCLED.match(character):
        return f"({plain})"
    return plain
