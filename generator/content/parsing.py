"""Turns written fields into a checked record, and every refusal into a problem that staff can mend."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, time
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from generator.content.codes import Code
from generator.content.frontmatter import FrontMatter, Location
from generator.content.japanese_values import parse_clock, parse_date, parse_truth, parse_whole_number
from generator.content.model import SLUG
from generator.errors import Problem, meant

RecordT = TypeVar("RecordT", bound=BaseModel)
_READERS: Mapping[object, Callable[[str], object]] = {
    date: parse_date,
    int: parse_whole_number,
    bool: parse_truth,
    time: parse_clock,
    Fraction: lambda text: text.replace("／", "/").strip(),
}
_MESSAGES = {
    "missing": ("項目がありません", "この項目を書き足してください"),
    "string_pattern_mismatch": ("使えない文字があります", "半角の小文字・数字・ハイフンで書いてください"),
    "string_too_short": ("空です", "内容を書いてください"),
    "too_short": ("空です", "一つ以上書いてください"),
    "too_long": ("多すぎます", "{max_length} つまでにしてください"),
    "greater_than_equal": ("小さすぎます", "{ge} 以上にしてください"),
    "greater_than": ("小さすぎます", "{gt} より大きくしてください"),
    "less_than_equal": ("大きすぎます", "{le} 以下にしてください"),
    "tuple_type": ("一覧になっていません", "- を付けて一行に一つ書くか、[甲, 乙] と書いてください"),
    "model_type": ("項目の組になっていません", "字下げして「名前: 値」を並べてください"),
    "string_type": ("文字ではありません", "一つの値を書いてください"),
}


def parse_record(
    kind: type[RecordT], front: FrontMatter, path: str, *, given: Mapping[str, object] | None = None
) -> tuple[RecordT | None, list[Problem]]:
    """Make a record from front matter and what the file's place gives; return it, or every problem."""
    refused: list[Problem] = []

    def refuse(location: Location, value: str, message: str) -> None:
        what, _, mend = message.partition("。")
        refused.append(Problem(path, front.line_of(location), _dotted(location), value, what, mend))

    values = _read_fields(kind, front.fields, (), refuse)
    if given and (written := given.keys() & front.fields.keys()):
        for name in written:
            refuse(
                (name,),
                str(front.fields[name]),
                "ファイルの名前と本文から決まる項目です。この行を消してください",
            )
    try:
        record = kind.model_validate({**values, **(given or {})})
    except ValidationError as error:
        known = {problem.field for problem in refused}
        problems = [_problem(kind, detail, front, path) for detail in _causes(error.errors())]
        return None, refused + [p for p in problems if p.field not in known]
    return (None if refused else record), refused


def _causes(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out a list that is only "too short" because its own elements were refused."""
    return [
        detail
        for detail in details
        if detail["type"] != "too_short"
        or not any(
            other["loc"][: len(detail["loc"])] == detail["loc"] for other in details if other is not detail
        )
    ]


def _read_fields(
    kind: type[BaseModel],
    written: Mapping[str, Any],
    at: Location,
    refuse: Callable[[Location, str, str], None],
) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, value in written.items():
        if value == "":
            continue  # an empty line in a form is an absent field
        info = kind.model_fields.get(name)
        values[name] = value if info is None else _read(info.annotation, value, (*at, name), refuse)
    return values


def _read(
    annotation: object, value: Any, at: Location, refuse: Callable[[Location, str, str], None]
) -> object:
    inner = bare_type(annotation)
    if typing.get_origin(inner) is tuple:
        if isinstance(value, str):
            return value
        element = typing.get_args(inner)[0]
        return (
            tuple(_read(element, part, (*at, i), refuse) for i, part in enumerate(value))
            if isinstance(value, list)
            else value
        )
    if isinstance(value, dict) and isinstance(inner, type) and issubclass(inner, BaseModel):
        return _read_fields(inner, value, at, refuse)
    reader = _READERS.get(inner)
    if reader is None or not isinstance(value, str):
        return value
    try:
        return reader(value)
    except ValueError as error:
        refuse(at, value, str(error))
        return value


def bare_type(annotation: object) -> object:
    """Take ``Annotated`` and ``| None`` off an annotation."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return bare_type(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        rest = [part for part in typing.get_args(annotation) if part is not type(None)]
        return bare_type(rest[0]) if len(rest) == 1 else annotation
    return annotation


def _problem(kind: type[BaseModel], detail: ErrorDetails, front: FrontMatter, path: str) -> Problem:
    location: Location = tuple(detail["loc"])
    value = "" if detail["type"] == "missing" else _shown(detail["input"])
    message, mend = _words(kind, detail)
    field = _dotted(location)
    if detail["type"] == "value_error":
        head, colon, rest = message.partition(": ")
        if colon and head.isidentifier():  # a record's own check names its field
            location, field, message, value = (*location, head), _dotted((*location, head)), rest, ""
    return Problem(path, front.line_of(location), field, value, message, mend)


def _words(kind: type[BaseModel], detail: ErrorDetails) -> tuple[str, str]:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "value_error":
            message, _, mend = str(context["error"]).partition("。")
            return message, mend
        case "extra_forbidden":
            known = list(_kind_at(kind, detail["loc"][:-1]).model_fields)
            return "知らない項目です", meant(str(detail["loc"][-1]), known, "項目の名前を確かめてください")
        case "string_pattern_mismatch" if context["pattern"] != SLUG:
            return "書き方が違います", _description(kind, detail["loc"])
        case "enum":
            return "使えない語です", f"{context['expected']} のどれかにしてください".replace(" or ", " か ")
        case kind_of_error if kind_of_error in _MESSAGES:
            message, mend = _MESSAGES[kind_of_error]
            return message, mend.format(**context) if "{" in mend else mend
        case _:
            return f"値が正しくありません（{detail['msg']}）", "書き方を確かめてください"


def _description(kind: type[BaseModel], location: tuple[str | int, ...]) -> str:
    field = _kind_at(kind, location[:-1]).model_fields.get(str(location[-1]))
    return (field.description or "") if field else ""


def _kind_at(kind: type[BaseModel], location: tuple[str | int, ...]) -> type[BaseModel]:
    """Return the record that stands at a place within another."""
    for part in location:
        if isinstance(part, str) and part in kind.model_fields:
            inner = bare_type(kind.model_fields[part].annotation)
            inner = bare_type(typing.get_args(inner)[0]) if typing.get_origin(inner) is tuple else inner
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                kind = inner
    return kind


def _dotted(location: Location) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in location)


def _shown(value: object) -> str:
    if isinstance(value, StrEnum | Code | str | int | Fraction):
        return str(value)[:60]
    return "" if isinstance(value, dict | list | tuple | BaseModel) else str(value)[:60]
