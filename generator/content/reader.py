"""Reads the content folder: every Markdown item and every plan, with all problems of all files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.content.frontmatter import FrontMatter, parse_yaml, split_front_matter
from generator.content.japanese_values import parse_date, parse_span
from generator.content.model import (
    Event,
    Front,
    Grant,
    Item,
    LicensablePatent,
    Notice,
    OrderInquiry,
    Page,
    Place,
    Program,
    Report,
    Story,
    Translation,
)
from generator.content.parsing import parse_record
from generator.errors import Problem
from generator.plan.model import Plan, StaffActual

KINDS: tuple[type[Item], ...] = (
    Program,
    Grant,
    Event,
    Notice,
    Story,
    LicensablePatent,
    OrderInquiry,
    Place,
    Page,
    Report,
)


@dataclass(slots=True)
class Reading:
    """What was read so far, the lines of each item's fields, and the problems found."""

    things: list[object] = field(default_factory=list)
    fronts: dict[str, FrontMatter] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_content(content: Path) -> Reading:
    """Read every item below a content folder in name order."""
    reading = Reading()
    for kind in KINDS:
        for path in _markdown_files(content / kind.folder):
            _read_item(kind, content, path, reading)
    for path in sorted((content / "plan").glob("*.yml")):
        _read_plan(content, path, reading)
    _read_front(content, reading)
    return reading


def _markdown_files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*.md")) if not path.name.endswith(".en.md"))


def _read_text(content: Path, path: Path, reading: Reading) -> str | None:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        shown = f"content/{path.relative_to(content).as_posix()}"
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        reading.problems.append(
            Problem(shown, line, "", "", "UTF-8の文字として読めません", "UTF-8で保存し直してください")
        )
        return None


def _read_item(kind: type[Item], content: Path, path: Path, reading: Reading) -> None:
    text = _read_text(content, path, reading)
    if text is None:
        return
    relative = path.relative_to(content).as_posix()
    shown = f"content/{relative}"
    front = split_front_matter(text, shown)
    reading.problems.extend(front.problems)
    if not front.fields:
        return
    if kind is Event:
        front = _with_sessions(front, shown, reading.problems)
    given: dict[str, object] = {"slug": path.stem, "path": relative, "body": front.body}
    given |= _english(content, path, reading)
    item, problems = parse_record(kind, front, shown, given=given)
    reading.problems.extend(problems)
    if item is not None:
        reading.things.append(item)
        reading.fronts[relative] = front


def _read_front(content: Path, reading: Reading) -> None:
    path = content / "index.md"
    text = _read_text(content, path, reading) if path.exists() else None
    if text is None:
        return
    shown = "content/index.md"
    front = split_front_matter(text, shown)
    words, problems = parse_record(Front, front, shown, given=_english(content, path, reading))
    if front.body.strip():
        mend = "summary: に書いてください。表紙の本文は自動で作ります"
        where = (shown, front.body_line, "body", front.body.strip()[:20])
        problems.append(Problem(*where, "表紙には本文を置けません", mend))
    reading.problems.extend((*front.problems, *problems))
    if words is not None:
        reading.things.append(words)


def _english(content: Path, path: Path, reading: Reading) -> dict[str, object]:
    twin = path.with_suffix(".en.md")
    text = _read_text(content, twin, reading) if twin.exists() else None
    if text is None:
        return {}
    shown = f"content/{twin.relative_to(content).as_posix()}"
    front = split_front_matter(text, shown)
    translation, problems = parse_record(Translation, front, shown, given={"body": front.body})
    reading.problems.extend((*front.problems, *problems))
    return {"english": translation} if translation else {}


def _with_sessions(front: FrontMatter, shown: str, problems: list[Problem]) -> FrontMatter:
    """Turn ``date`` and ``time`` of an event, or of each of its sessions, into start and end."""
    fields, lines = dict(front.fields), dict(front.lines)
    if "date" in fields and "sessions" not in fields:
        fields["sessions"] = [{name: fields.pop(name) for name in ("date", "time") if name in fields}]
        lines |= {("sessions", 0, name): lines[(name,)] for name in ("date", "time") if (name,) in lines}
        lines[("sessions",)] = lines[("sessions", 0)] = lines[("date",)]
    rows = fields.get("sessions")
    if isinstance(rows, list):
        at = FrontMatter(fields, lines)
        fields["sessions"] = [_session(row, i, at, shown, problems) for i, row in enumerate(rows)]
    return FrontMatter(fields, lines, front.body, front.body_line)


def _session(row: Any, index: int, front: FrontMatter, shown: str, problems: list[Problem]) -> Any:
    if not isinstance(row, dict) or "date" not in row:
        return row
    day_text, time_text = str(row["date"]), str(row.get("time", ""))
    rest = {name: value for name, value in row.items() if name not in ("date", "time")}
    name, value = "date", day_text
    try:
        day = parse_date(day_text)
        name, value = "time", time_text
        start, end = parse_span(time_text)
    except ValueError as error:
        message, _, mend = str(error).partition("。")
        line = front.line_of(("sessions", index, name))
        problems.append(Problem(shown, line, name, value, message, mend))
        start, end, day = "00:00", "23:59", parse_date("2999-12-31")
    return {**rest, "starts": f"{day}T{start}:00+09:00", "ends": f"{day}T{end}:00+09:00"}


def _read_plan(content: Path, path: Path, reading: Reading) -> None:
    text = _read_text(content, path, reading)
    if text is None:
        return
    shown = f"content/{path.relative_to(content).as_posix()}"
    front = parse_yaml(text, shown)
    reading.problems.extend(front.problems)
    if not front.fields:
        return
    plan, problems = parse_record(Plan, front, shown, given={"actuals": _actuals(content, path, reading)})
    reading.problems.extend(problems)
    if plan is not None:
        reading.things.append(plan)
        reading.fronts[path.relative_to(content).as_posix()] = front


def _actuals(content: Path, plan: Path, reading: Reading) -> tuple[StaffActual, ...]:
    path = plan.with_suffix("") / "actuals.yml"
    text = _read_text(content, path, reading) if path.exists() else None
    if not text or not text.strip():
        return ()
    shown = f"content/{path.relative_to(content).as_posix()}"
    indented = "actuals:\n" + "".join(f"  {line}\n" for line in text.splitlines())
    front = parse_yaml(indented, shown, first_line=0)
    reading.problems.extend(front.problems)
    rows = front.fields.get("actuals", [])
    number = len(rows) if isinstance(rows, list) else 0
    actuals = [_actual(i, front, shown, reading) for i in range(number)]
    return tuple(actual for actual in actuals if actual is not None)


def _actual(index: int, front: FrontMatter, shown: str, reading: Reading) -> StaffActual | None:
    actual, problems = parse_record(StaffActual, front.part(("actuals", index)), shown)
    reading.problems.extend(problems)
    return actual
