"""The import rule, the sole importers and the absence of cycles, read from the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("generator", "company_db", "newsletters")

SOLE_IMPORTERS = {
    "feedparser": "generator.feeds.entries",
    "markdown": "generator.rendering.markdown",
    "jinja2": "generator.rendering.templates",
    "sendgrid": "generator.mail.sendgrid",
    "mkdocs": "generator.site.mkdocs",
    "jpholiday": "generator.holidays",
    "budoux": "generator.rendering.phrases",
    "PIL": "generator.rendering.pictures",
    "segno": "generator.rendering.qr",
    "weasyprint": "generator.rendering.pdf",
    "icalendar": "generator.site.calendar_out",
    "numpy": "generator.search.columns",  # a package: windows, lists, numbers
    "alembic": None,  # generator.storage and the migrations themselves
}


def modules() -> dict[str, Path]:
    found = {}
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, *, at_load_only: bool = False) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in _statements(tree, at_load_only=at_load_only):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _statements(tree: ast.AST, *, at_load_only: bool) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(tree):
        if at_load_only and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        yield child
        yield from _statements(child, at_load_only=at_load_only)


FORBIDDEN = {
    "generator": ("company_db", "newsletters", "tests"),
    "company_db": ("newsletters", "tests"),
    "newsletters": ("company_db", "tests"),
}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_the_rule_allows(room: str) -> None:
    wrong = [
        f"{name} imports {target}"
        for name, path in modules().items()
        if name.split(".")[0] == room
        for target in imports(path)
        if target.split(".")[0] in FORBIDDEN[room]
    ]
    assert wrong == []


@pytest.mark.parametrize("package", [p for p, owner in SOLE_IMPORTERS.items() if owner])
def test_a_third_party_package_has_one_importing_module(package: str) -> None:
    importers = {
        name
        for name, path in modules().items()
        for target in imports(path)
        if target.split(".")[0] == package
    }
    owner = SOLE_IMPORTERS[package]
    assert {name for name in importers if name != owner and not name.startswith(f"{owner}.")} == set()


def test_no_module_imports_itself_through_others() -> None:
    known = modules()
    graph = {
        name: {target for target in imports(path) if target in known and target != name}
        for name, path in known.items()
    }
    cycles = [name for name in graph if name in _reachable(graph, name)]
    assert cycles == []


def _reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = list(graph[start])
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo.extend(graph[name])
    return seen


def test_every_module_opens_with_a_sentence() -> None:
    silent = [
        name
        for name, path in modules().items()
        if "versions" not in name and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc", "base"])
def test_no_module_is_a_drawer_for_everything(name: str) -> None:
    assert [module for module in modules() if module.rsplit(".", maxsplit=1)[-1] == name] == []
