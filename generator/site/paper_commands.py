"""``koho flyer`` and ``koho handbook``: paper from the same words as the site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator import console, discovery
from generator.console import HERE, OnOption, ProjectOption
from generator.content.library import Library, load_library
from generator.errors import ContentError
from generator.settings import Settings
from generator.storage.files import write_file

app = typer.Typer()
ToOption = Annotated[Path | None, typer.Option("--to", metavar="FILE", help="置き場所（既定 build/paper/）")]


@app.command("flyer", rich_help_panel="サイト")
def flyer(
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="催しか公募のファイル名（.md を除く）")],
    project: ProjectOption = HERE,
    on: OnOption = "",
    to: ToOption = None,
) -> None:
    """催しか公募のA4チラシ（PDF、QRコード付き）を作ります。"""
    from generator.site.paper import find_told, flyer_pdf

    settings, library = _load(project, on)
    item = find_told(library, slug)
    _write(flyer_pdf(item, library, settings), to or settings.build / "paper" / f"{slug}.pdf")


@app.command("handbook", rich_help_panel="サイト")
def handbook(project: ProjectOption = HERE, on: OnOption = "", to: ToOption = None) -> None:
    """その年度の支援メニューのしおり（PDF）を作ります。"""
    from generator.site.paper import handbook_pdf

    settings, library = _load(project, on)
    _write(handbook_pdf(library, settings), to or settings.build / "paper" / "handbook.pdf")


def _load(project: Path, on: str) -> tuple[Settings, Library]:
    settings = console.settings_of(project, on=on)
    library = load_library(discovery.sources(), settings, settings.as_of())
    if library.errors:
        raise ContentError(library.errors)
    return settings, library


def _write(content: bytes, path: Path) -> None:
    write_file(path, content)
    console.out.print(str(path), markup=False)
