"""How the rooms meet without importing each other: entry points of this installation."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from generator.content.library import Source
from generator.site.publisher import Publisher

if TYPE_CHECKING:
    import typer

    from generator.forms.door import Door
    from generator.storage.schema import Schema


def sources() -> tuple[Source, ...]:
    """Every place that things come from, in name order (``koho.sources``)."""
    return tuple(cast("Source", thing) for _, thing in _load("koho.sources"))


def publishers() -> tuple[Publisher, ...]:
    """Everything that writes its own part of the site (``koho.publishers``)."""
    return tuple(cast("Publisher", thing) for _, thing in _load("koho.publishers"))


def command_groups(first: str = "") -> tuple[tuple[str, typer.Typer], ...]:
    """The command groups (``koho.commands``), by name.

    ``first`` is the first word after ``koho``: when it names a group, only that group is loaded; another word
    needs the root's commands alone; no word, or an option such as ``--help``, needs them all.
    """
    points = sorted(entry_points(group="koho.commands"), key=lambda point: point.name)
    if first and not first.startswith("-"):
        named = [point for point in points if point.name == first]
        points = named or [point for point in points if point.name.startswith("root-")]
    return tuple((point.name, cast("typer.Typer", point.load())) for point in points)


def schemas() -> tuple[Schema, ...]:
    """Every database that koho keeps (``koho.schemas``)."""
    return tuple(cast("Schema", thing) for _, thing in _load("koho.schemas"))


def doors() -> tuple[Door, ...]:
    """The public's doors: ASGI apps made from settings (``koho.forms``)."""
    return tuple(cast("Door", thing) for _, thing in _load("koho.forms"))


def _load(group: str) -> list[tuple[str, object]]:
    return [(point.name, point.load()) for point in sorted(entry_points(group=group), key=lambda p: p.name)]
