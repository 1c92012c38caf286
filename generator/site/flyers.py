"""Flyers beside their pages: the A4 flyer of all that one can still apply for, laid out anew only when its words changed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from generator.content.model import Event, Grant
from generator.content.states import WindowState
from generator.rendering.pdf import can_print, html_to_pdf
from generator.settings import Settings
from generator.site.artifact import Artifact
from generator.site.manifest import digest
from generator.site.paper import flyer_html, told_desk
from generator.site.view import SiteView
from generator.storage.files import write_file

FEW = 4
"""So many flyers are laid out faster here than other processes start."""


def flyer_files(view: SiteView) -> tuple[Artifact, ...]:
    """Return ``<page>/flyer.pdf`` of each open event and call; none where this machine cannot print Japanese."""
    if not view.settings.flyers:
        return ()
    kept = {item: _kept(item, view) for item in _offered(view)}
    missing = {item: path for item, path in kept.items() if not path.is_file()}
    if missing and not can_print():
        return ()
    _lay_out(missing, view)
    _forget(view.settings, set(kept.values()))
    return tuple(Artifact(flyer_address(item), path.read_bytes(), "file") for item, path in kept.items())


def flyer_address(item: Event | Grant) -> str:
    """Return where an item's flyer stands, beside its page."""
    return f"{item.address}flyer.pdf"


def _offered(view: SiteView) -> Iterator[Event | Grant]:
    yield from (event for event in view.upcoming if view.takes_registrations(event))
    yield from (grant for grant in view.grants if view.state_of(grant) is not WindowState.CLOSED)


def _kept(item: Event | Grant, view: SiteView) -> Path:
    """Name the kept flyer by everything that stands on it."""
    settings, desk = view.settings, told_desk(item, view)
    parts = [item.model_dump_json(), desk.model_dump_json() if desk else "", settings.site_url]
    parts += [settings.organization.model_dump_json(), str(settings.sample_ribbon)]
    parts.append((settings.templates / "paper" / "flyer.html").read_text(encoding="utf-8"))
    name = digest("\0".join(parts).encode())
    return settings.build / "flyers" / f"{name}.pdf"


def _lay_out(missing: dict[Event | Grant, Path], view: SiteView) -> None:
    pages = [flyer_html(item, view.library, view.settings) for item in missing]
    if len(pages) <= FEW or view.settings.processes == 1:
        for path, page in zip(missing.values(), pages, strict=True):
            write_file(path, html_to_pdf(page))
        return
    with ProcessPoolExecutor(view.settings.processes, get_context("spawn")) as pool:
        for path, pdf in zip(missing.values(), pool.map(html_to_pdf, pages), strict=True):
            write_file(path, pdf)


def _forget(settings: Settings, wanted: set[Path]) -> None:
    for path in (settings.build / "flyers").glob("*.pdf"):
        if path not in wanted:
            path.unlink()
