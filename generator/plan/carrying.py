"""Carrying support programs over into a new fiscal year: each page becomes a draft of its own, under a new name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from generator.content.model import Program
from generator.settings import Settings

_YEAR = re.compile(r"-20\d\d$")
_DROPPED = ("published", "withdrawn", "updated", "draft", "replaces")


def new_slug(slug: str, year: int) -> str:
    """Return a program's name in a year: ``yorozu`` and ``yorozu-2024`` become ``yorozu-2025``."""
    return f"{_YEAR.sub('', slug)}-{year}"


def carried_pages(programs: Iterable[Program], year: int, settings: Settings) -> dict[Path, bytes]:
    """Return the drafts of a new year by path: every word kept, links led to the new names, English to be checked."""
    names = {program.slug: new_slug(program.slug, year) for program in programs}
    pages: dict[Path, bytes] = {}
    for slug, name in names.items():
        folder = settings.content / Program.folder
        head = f"draft: true\nreplaces: {slug}\npublished: {date(year, 4, 1)}\n"
        pages[folder / f"{name}.md"] = _carried(folder / f"{slug}.md", head, names)
        if (twin := folder / f"{slug}.en.md").is_file():
            pages[folder / f"{name}.en.md"] = _carried(twin, "checked: false\n", names)
    return pages


def _carried(path: Path, head: str, names: Mapping[str, str]) -> bytes:
    text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    front, _, body = text.removeprefix("---\n").partition("\n---")
    dropped = (*_DROPPED, *(line.partition(":")[0] for line in head.splitlines()))
    kept = [line for line in front.splitlines() if line.partition(":")[0] not in dropped]
    words = "\n".join(_renamed(line, names) for line in kept)
    return f"---\n{head}{words}\n---{_relinked(body, names)}".encode()


def _renamed(line: str, names: Mapping[str, str]) -> str:
    """Name the new year's programs in ``related``, written on one line or one a line."""
    if not line.startswith(("related:", "  -", "- ")):
        return line
    return re.sub(r"[a-z0-9]+(?:-[a-z0-9]+)*", lambda m: names.get(m[0], m[0]), line)


def _relinked(body: str, names: Mapping[str, str]) -> str:
    return re.sub(r"(?<=/programs/)[a-z0-9-]+(?=/)", lambda match: names.get(match[0], match[0]), body)
