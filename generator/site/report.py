"""What a build made, kept beside the site so that the next one knows what stands there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import orjson

from generator.settings import Settings
from generator.storage.files import write_file


@dataclass(frozen=True)
class BuildReport:
    """What a build made, for people and for programs."""

    site: str
    on: str
    pages: Mapping[str, int] = field(default_factory=dict)
    companies: int = 0
    warnings: tuple[str, ...] = ()
    rendered: int = 0  # documents that went through MkDocs
    written: int = 0
    removed: int = 0
    seconds: float = 0.0
    mkdocs_seconds: float = 0.0
    nothing_changed: bool = False


def recall_report(settings: Settings, fingerprint: str) -> BuildReport | None:
    """Return the last finished build's report when nothing has changed since, else None."""
    try:
        known = orjson.loads((settings.build / "build.json").read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return None
    if known.get("fingerprint") != fingerprint or not (settings.site / "index.html").is_file():
        return None
    report = known["report"] | {"nothing_changed": True, "rendered": 0, "written": 0, "removed": 0}
    return BuildReport(**report | {"seconds": 0.0, "mkdocs_seconds": 0.0})


def forget_report(settings: Settings) -> None:
    """Say that the site is being changed; a build cut off from here on is done again."""
    (settings.build / "build.json").unlink(missing_ok=True)


def remember_report(settings: Settings, fingerprint: str, report: BuildReport) -> None:
    """Keep the report of a finished build with the fingerprint of what it was made from."""
    known = {"fingerprint": fingerprint, "report": asdict(report)}
    write_file(settings.build / "build.json", orjson.dumps(known))
