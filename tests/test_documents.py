"""What the documents say is true: commands exist, files are there, links lead somewhere."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer.main

from generator.cli import make_app

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", "CONTEXT.md", "CONTRIBUTING.md", "DECISIONS.md", "CHANGELOG.md", "deploy/README.md")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands() -> set[str]:
    def walk(command: Any, path: str) -> set[str]:
        names = {path}
        for name, child in getattr(command, "commands", {}).items():
            names |= walk(child, f"{path} {name}")
        return names

    return walk(typer.main.get_command(make_app()), "koho")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_that_is_named_exists(name: str) -> None:
    known = commands()
    leaves = {one for one in known if not any(other.startswith(f"{one} ") for other in known)}
    named = re.findall(r"`(koho [a-z][a-z-]*(?: [a-z][a-z-]*)?)", text_of(name))
    missing = [one for one in named if one not in known and one.rsplit(" ", 1)[0] not in leaves]
    assert missing == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_target_that_is_named_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    assert set(re.findall(r"`?\bmake ([a-z]+)`", text_of(name))) <= targets


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_local_link_leads_to_a_file(name: str) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", text_of(name))
    local = [link for link in links if not link.startswith(("http:", "https:", "mailto:"))]
    assert [link for link in local if not ((ROOT / name).parent / link).exists()] == []


def test_lock_files_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert "--hash=sha256:" in text_of(name)
        assert "://" not in text_of(name)


@pytest.mark.parametrize("path", sorted((ROOT / "tests/benchmarks").glob("*.py")), ids=lambda path: path.stem)
def test_every_benchmark_still_finds_what_it_measures(path: Path) -> None:
    assert import_module(f"tests.benchmarks.{path.stem}").__doc__


def test_every_target_of_the_makefile_has_its_rule() -> None:
    makefile = text_of("Makefile")
    targets = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0].split()
    assert [name for name in targets if not re.search(rf"^{name}:", makefile, re.MULTILINE)] == []
