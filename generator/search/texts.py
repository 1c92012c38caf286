"""What a document is found by: its normalised lines, by the class of a match in them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from generator.search.normalise import SHORT, normalise

NAME, READING, ABILITY, TEXT = 3, 2, 1, 0
"""The classes of a match, strongest first: the name · its kana or English · what it makes · the rest."""

CLASS_OF_FIELD = {
    "name": NAME,
    "kana": READING,
    "english": READING,
    "products": ABILITY,
    "processes": ABILITY,
    "materials": ABILITY,
    "equipment": ABILITY,
}
END = "\n\n\n"  # follows every field, so that each window of four characters stays inside one field
NAME_START = "\x02"  # stands before a name's core, so that the beginning of a name can be asked for
_FORMS = (
    "株式会社",
    "有限会社",
    "合同会社",
    "合資会社",
    "合名会社",
    "一般社団法人",
    "一般財団法人",
    "公益社団法人",
    "公益財団法人",
    "特定非営利活動法人",
)

Texts = tuple[str, str, str, str]


def class_texts(title: str, fields: Mapping[str, str]) -> Texts:
    """Return a document's normalised fields by class (index = class), each field closed by END."""
    lines: tuple[list[str], ...] = ([], [], [], [])
    given = fields if "name" in fields else {"name": title, **fields}
    for name, raw in given.items():
        strength = CLASS_OF_FIELD.get(name, TEXT)
        closed = _closed if strength < READING else _closed_name
        lines[strength].extend(map(closed, raw.split("\n")))
    text, ability, reading, name_text = ("".join(dict.fromkeys(group)) for group in lines)
    return text, ability, reading, name_text


def _closed(line: str) -> str:
    return _closed_short(line) if len(line) <= SHORT else _closed_anew(line)


def _closed_anew(line: str) -> str:
    text = normalise(line)
    return text and text + END


_closed_short = lru_cache(maxsize=20_000)(_closed_anew)


@lru_cache(maxsize=20_000)
def _closed_name(line: str) -> str:
    text = normalise(line)
    return text and f"{text}{END}{NAME_START}{core_of_name(text)}{END}"


def core_of_name(name: str) -> str:
    """Return a normalised name without its company form at either end."""
    if not name.startswith(_FORMS) and not name.endswith(_FORMS):
        return name
    for form in _FORMS:
        if name != form and (name.startswith(form) or name.endswith(form)):
            return name.removeprefix(form).removesuffix(form)
    return name
