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

    ``first`` is the first word after ``koho``. When it names a group or a command of the root, only the group
    that has it is loaded, so that a build that changes nothing starts fast; any other word needs them all.
    """
    points = sorted(entry_points(group="koho.commands"), key=lambda point: point.name)
    for point in (p for p in points if p.name == first):
        return ((point.name, cast("typer.Typer", point.load())),)
    groups: list[tuple[str, typer.Typer]] = []
    for point in reversed(points):  # root-site, whose build is called most, is the last by name
        if point.name.startswith("root-") or not first or first.startswith("-"):
            groups.append((point.name, cast("typer.Typer", point.load())))
            if first in _command_names(groups[-1][1]):
                return (groups[-1],)
    rest = [point for point in points if point.name not in dict(groups)]
    groups += [(point.name, cast("typer.Typer", point.load())) for point in rest]
    return tuple(sorted(groups, key=lambda group: group[0]))


def _command_names(group: typer.Typer) -> set[str]:
    names = (info.name or getattr(info.callback, "__name__", "") for info in group.registered_commands)
    return {name.replace("_", "-") for name in names}


def schemas() -> tuple[Schema, ...]:
    """Every database that koho keeps (``koho.schemas``)."""
    return tuple(cast("Schema", thing) for _, thing in _load("koho.schemas"))


def doors() -> tuple[Door, ...]:
    """The public's doors: ASGI apps made from settings (``koho.forms``)."""
    return tuple(cast("Door", thing) for _, thing in _load("koho.forms"))


def _load(group: str) -> list[tuple[str, object]]:
    return [(point.name, point.load()) for point in sorted(entry_points(group=group), key=lambda p: p.name)]
