"""A fingerprint of all that a build reads: names, sizes and times, never the contents."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

import xxhash

from generator.content.library import Source
from generator.settings import Settings
from generator.site.publisher import Publisher


def input_fingerprint(settings: Settings, sources: Sequence[Source], publishers: Sequence[Publisher]) -> str:
    """Change whenever anything that a build reads may have changed, koho's own modules included."""
    digest = xxhash.xxh3_128()
    digest.update(f"{version('koho')}\0{settings.model_dump_json()}\0{settings.as_of()}\0".encode())
    marks = [f"{s.name}\0{s.fingerprint(settings)}" for s in sources]
    marks += [f"{p.name}\0{p.fingerprint(settings)}" for p in publishers]
    digest.update("\n".join(marks).encode())
    for path in (*_template_files(settings), *_engine_files((*sources, *publishers))):
        state = path.stat()
        digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _template_files(settings: Settings) -> list[Path]:
    files = [settings.project / "mkdocs.yml", *settings.templates.rglob("*")]
    return sorted(path for path in files if path.is_file())


def _engine_files(makers: Iterable[object]) -> list[Path]:
    rooms = {"generator", *(type(maker).__module__.partition(".")[0] for maker in makers)}
    packages = (sys.modules.get(room) for room in sorted(rooms))
    folders = [Path(place) for package in packages for place in getattr(package, "__path__", ())]
    return sorted(path for folder in folders for path in folder.rglob("*.py"))
