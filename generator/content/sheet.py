"""A new file of a kind: every field with what it means, blank, or as an earlier item has it without its dates."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from generator.clock import fiscal_year
from generator.content.codes import Code
from generator.content.frontmatter import FENCE
from generator.content.model import SLUG, Event, Item, Notice
from generator.content.parsing import bare_type
from generator.content.reader import KINDS
from generator.errors import RefusedError, meant
from generator.storage.files import write_file

_FROM_FILE = ("slug", "path", "body", "english")
_OF_ONE_TIME = {"date", "sessions", "status", "status_note", "call_number"}
_FIELD = re.compile(r"^(?P<name>\w+):(?P<value>.*)$")


def start_file(content: Path, folder: str, name: str, *, like: str, on: date) -> Path:
    """Write a new file below ``content/<folder>`` and return it; ``RefusedError`` when it may not be made.

    Events lie below the fiscal year of ``on``, notices below its year.
    """
    kind = {kind.folder: kind for kind in KINDS}.get(folder)
    if kind is None:
        raise RefusedError(
            f"{folder}: ない種類です。{'、'.join(kind.folder for kind in KINDS)} のどれかにしてください"
        )
    if not re.fullmatch(SLUG, name):
        raise RefusedError(f"{name}: 使えない名前です。半角の小文字・数字・ハイフンで書いてください")
    if there := next((content / folder).rglob(f"{name}.md"), None):
        raise RefusedError(
            f"content/{there.relative_to(content).as_posix()}: もうあります。ほかの名前にしてください"
        )
    text = _like(content, kind, like) if like else blank_sheet(kind)
    path = content / folder / _year_folder(kind, on) / f"{name}.md"
    write_file(path, text.encode())
    return path


def _year_folder(kind: type[Item], on: date) -> str:
    if kind is Event:
        return str(fiscal_year(on))
    return str(on.year) if kind is Notice else ""


def _like(content: Path, kind: type[Item], name: str) -> str:
    earlier = next((content / kind.folder).rglob(f"{name}.md"), None)
    if earlier is None:
        names = {path.stem for path in (content / kind.folder).rglob("*.md")}
        mend = meant(name, names, f"content/{kind.folder}/ にある名前を書いてください")
        raise RefusedError(f"{name}: {kind.label}にありません。{mend}")
    return sheet_like(earlier.read_text(encoding="utf-8-sig"), kind)


def blank_sheet(kind: type[Item]) -> str:
    """Return a file of this kind to be filled in; a field left blank is an absent field."""
    fields = {name: info for name, info in kind.model_fields.items() if name not in _FROM_FILE}
    needed = {name: info for name, info in fields.items() if name == "title" or info.is_required()}
    ordered = needed | fields
    lines = [line for name, info in ordered.items() for line in _lines(kind, name, info)]
    return "\n".join((FENCE, *lines, FENCE, "", "ここに本文を書きます。", ""))


def sheet_like(text: str, kind: type[Item]) -> str:
    """Return a file like an earlier one, with the dates and states of that time taken out and named in a comment."""
    head, fence, body = text.replace("\r\n", "\n").partition(f"\n{FENCE}\n")
    lines: list[str] = []
    is_taken_out = False
    for line in head.split("\n"):
        field = _FIELD.match(line)
        if field:
            is_taken_out = _is_of_one_time(kind, field["name"])
        if field and is_taken_out:
            lines.append(
                f"{field['name']}:{_remark('前は ' + field['value'].strip()) if field['value'].strip() else ''}"
            )
        elif not is_taken_out:
            lines.append(line)
    return "\n".join(lines) + fence + body


def _is_of_one_time(kind: type[Item], name: str) -> bool:
    info = kind.model_fields.get(name)
    return name in _OF_ONE_TIME or (info is not None and bare_type(info.annotation) in (date, datetime))


def _lines(kind: type[BaseModel], name: str, info: FieldInfo, indent: str = "") -> Iterator[str]:
    inner = bare_type(info.annotation)
    element = typing.get_args(inner)[0] if typing.get_origin(inner) is tuple else inner
    if kind is Event and name == "sessions":
        yield "date:" + _remark(
            "開催日。例 2023-12-06（要ります。何回かあるなら sessions: に date と time を並べる）"
        )
        yield "time:" + _remark("開始と終了。例 13:30-16:00（要ります）")
        return
    words = (info.description or "") + ("（要ります）" if info.is_required() else "")
    is_record = isinstance(element, type) and issubclass(element, BaseModel)
    if element is not inner:
        words += "。一件ずつ、下の形で並べる" if is_record else "。[甲, 乙] と並べる"
    yield f"{indent}{name}:{_remark(words)}"
    if isinstance(element, type) and issubclass(element, Code):
        yield indent + _remark("、".join(f"{code.value}={code.ja}" for code in element))
    if isinstance(element, type) and issubclass(element, BaseModel):
        if element is not inner:
            yield from _entry(element, indent)
            return
        for part, below in element.model_fields.items():
            yield from _lines(element, part, below, indent + "  ")


def _entry(record: type[BaseModel], indent: str) -> Iterator[str]:
    """Show one entry of a list as a comment: left as it is, the list is empty."""
    for place, (part, info) in enumerate(record.model_fields.items()):
        yield f"{indent}  # {'  ' if place else '- '}{part}: {info.description or ''}".rstrip()


def _remark(words: str) -> str:
    return f"  # {words}" if words else ""
