"""Splits a Markdown file into front matter and body, and knows on which line each field stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from generator.errors import Problem

Location = tuple[str | int, ...]
FENCE = "---"
_FULL_WIDTH_COLON = "："


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields as written (every scalar a string), the line of each, and the body with its first line."""

    fields: Mapping[str, Any]
    lines: Mapping[Location, int]
    body: str = ""
    body_line: int = 1
    problems: tuple[Problem, ...] = ()

    def part(self, location: Location) -> FrontMatter:
        """Return what stands at a place within the fields, as fields of their own; none where it is no mapping."""
        value: Any = self.fields
        for step in location:
            value = value[step]
        inner = {loc[len(location) :]: n for loc, n in self.lines.items() if loc[: len(location)] == location}
        return FrontMatter(value if isinstance(value, dict) else {}, inner)

    def line_of(self, location: Location) -> int:
        """Return the line of a field, or of the nearest field around it."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)


@dataclass(slots=True)
class _LineMap:
    path: str
    offset: int
    lines: dict[Location, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def walk(self, node: yaml.Node, location: Location) -> Any:
        self.lines.setdefault(location, self._line(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location)
        if isinstance(node, yaml.SequenceNode):
            return [self.walk(child, (*location, i)) for i, child in enumerate(node.value)]
        return node.value

    def _mapping(self, node: yaml.MappingNode, location: Location) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in values:
                self.problems.append(
                    Problem(
                        self.path,
                        self._line(key_node),
                        key,
                        "",
                        "同じ項目が二度あります",
                        "どちらかを消してください",
                    )
                )
            self.lines[(*location, key)] = self._line(key_node)
            values[key] = self.walk(value_node, (*location, key))
        return values

    def _line(self, node: yaml.Node) -> int:
        return int(node.start_mark.line) + self.offset


def split_front_matter(text: str, path: str) -> FrontMatter:
    """Split a Markdown file; what cannot be split becomes problems with their lines."""
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    if not lines or lines[0].strip() != FENCE:
        return _broken(
            path,
            1,
            lines[0].strip() if lines else "",
            "先頭に --- がありません",
            "項目を --- と --- の間に書いてください",
        )
    closing = next((i for i, line in enumerate(lines[1:], start=1) if line.rstrip() == FENCE), None)
    if closing is None:
        return _broken(
            path, 1, "", "項目の終わりの --- がありません", "項目のあとに --- だけの行を足してください"
        )
    parsed = parse_yaml("".join(lines[1:closing]), path, first_line=2)
    rest = "".join(lines[closing + 1 :])
    body = rest.lstrip("\n")
    return FrontMatter(
        fields=parsed.fields,
        lines=parsed.lines,
        body=body.rstrip("\n"),
        body_line=closing + 2 + len(rest) - len(body),
        problems=parsed.problems,
    )


def parse_yaml(text: str, path: str, *, first_line: int = 1) -> FrontMatter:
    """Parse a YAML mapping whose scalars all stay text; problems carry their lines."""
    if (mistake := _mistyped_line(text, path, first_line)) is not None:
        return FrontMatter({}, {}, problems=(mistake,))
    try:
        node = yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (mark.line if mark else 0)
        shown = text.splitlines()[mark.line].strip() if mark and mark.line < len(text.splitlines()) else ""
        return _broken(path, line, shown, "書き方が読めません", _yaml_mend(shown))
    if not isinstance(node, yaml.MappingNode):
        mend = "「項目: 値」の形で書いてください。コロンは半角の : と空白です"
        return _broken(path, first_line, text.strip()[:40], "「項目: 値」の形になっていません", mend)
    line_map = _LineMap(path, first_line)
    fields = line_map.walk(node, ())
    return FrontMatter(fields, line_map.lines, problems=tuple(line_map.problems))


def _mistyped_line(text: str, path: str, first_line: int) -> Problem | None:
    """Find what YAML would read as one long string without a word: full-width colons, tabs, wide spaces."""
    for number, line in enumerate(text.splitlines(), start=first_line):
        stripped = line.lstrip(" ")
        if stripped.startswith("#") or not stripped:
            continue
        if "\t" in line[: len(line) - len(line.lstrip())]:
            return Problem(
                path, number, "", line.strip(), "行の頭にタブがあります", "半角の空白にしてください"
            )
        if stripped.startswith("\u3000"):
            return Problem(
                path, number, "", line.strip(), "行の頭に全角の空白があります", "半角の空白にしてください"
            )
        key, colon, _ = stripped.partition(_FULL_WIDTH_COLON)
        if colon and key.isascii() and key.strip().replace("_", "").isalnum():
            return Problem(
                path,
                number,
                key.strip(),
                line.strip(),
                "コロンが全角です",
                f"「{key.strip()}: 」と半角で書いてください",
            )
        key, colon, rest = stripped.partition(":")
        if colon and rest[:1] not in ("", " ", "\n") and key.isidentifier() and key.islower():
            return Problem(
                path,
                number,
                key,
                line.strip(),
                "コロンのあとに半角の空白がありません",
                f"「{key}: {rest.strip()}」と書いてください",
            )
    return None


def _yaml_mend(shown: str) -> str:
    value = shown.partition(": ")[2].strip()
    if value and (value[0] in "@*&%`!|>{}[],'\"" or ": " in value):
        return f'値を引用符で囲んでください。例 「{shown.partition(":")[0]}: "{value}"」'
    return "前後の行の字下げと記号を確かめてください"


def _broken(path: str, line: int, value: str, message: str, mend: str) -> FrontMatter:
    return FrontMatter({}, {}, problems=(Problem(path, line, "", value, message, mend),))
