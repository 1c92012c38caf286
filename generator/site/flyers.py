"""Flyers beside their pages: laid out by other processes while this one makes the pages, anew only when their words changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path

from generator.content.model import Event, Grant
from generator.content.states import WindowState
from generator.rendering.pdf import can_print, first_on_one_sheet
from generator.settings import Settings
from generator.site.manifest import digest
from generator.site.paper import flyer_versions, paper_templates, told_desk
from generator.site.view import SiteView
from generator.storage.files import write_file


@dataclass(frozen=True)
class Flyers:
    """``<page>/flyer.pdf`` of each open event and call; none where this machine cannot print Japanese."""

    settings: Settings
    kept: Mapping[str, Path]  # by the flyer's address: where it lies between builds
    ordered: Mapping[Path, Future[bytes]] = field(default_factory=dict)
    can_print: Future[bool] | None = None  # None: an earlier build on this machine has printed

    @cached_property
    def addresses(self) -> frozenset[str]:
        """What pages may link to; the first time this waits until a printer has answered."""
        printable = self.can_print is None or self.can_print.result()
        return frozenset(self.kept if printable else ())

    def files(self) -> dict[str, bytes]:
        """Wait until all are laid out; return them by address and forget those that no page offers any more."""
        kept = {address: path for address, path in self.kept.items() if address in self.addresses}
        for path in kept.values():
            if path in self.ordered:
                write_file(path, self.ordered[path].result())
        _forget(self.settings, set(kept.values()))
        return {address: path.read_bytes() for address, path in kept.items()}


@contextmanager
def order_flyers(view: SiteView) -> Iterator[Flyers]:
    """Have all flyers laid out whose words changed; ask for ``files()`` within the block."""
    offered = {item: _kept(item, view) for item in _offered(view)} if view.settings.flyers else {}
    kept = {flyer_address(item): path for item, path in offered.items()}
    missing = {item: path for item, path in offered.items() if not path.is_file()}
    if not missing:
        yield Flyers(view.settings, kept)
        return
    printers = _printers(view.settings)
    try:
        answer = printers.submit(can_print) if len(missing) == len(kept) else None
        templates = paper_templates(view.settings)
        pages = {path: flyer_versions(item, view, templates) for item, path in missing.items()}
        ordered = {path: printers.submit(first_on_one_sheet, page) for path, page in pages.items()}
        yield Flyers(view.settings, kept, ordered, answer)
    finally:
        printers.shutdown(cancel_futures=True)


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


def _printers(settings: Settings) -> Executor:
    """Start as many processes as the settings leave beside this one."""
    return ProcessPoolExecutor(max(1, settings.processes - 1), get_context("spawn"))


def _forget(settings: Settings, wanted: set[Path]) -> None:
    for path in (settings.build / "flyers").glob("*.pdf"):
        if path not in wanted:
            path.unlink()
