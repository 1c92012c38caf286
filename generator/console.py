"""What every command shares: the project option, the settings, and words for the terminal."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console

from generator.settings import Settings, load_settings

ProjectOption = Annotated[
    Path,
    typer.Option("--project", metavar="DIR", help="プロジェクトのフォルダー", show_default="このフォルダー"),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="誤りのほかは何も出さない")]
JsonOption = Annotated[bool, typer.Option("--json", help="プログラムが読むJSONで出す")]
OnOption = Annotated[str, typer.Option("--on", metavar="YYYY-MM-DD", help="この日として動く")]
HERE = Path()

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def settings_of(project: Path, *, on: str = "") -> Settings:
    """Read the settings of a project folder; ``on`` overrides the as-of date."""
    environ = dict(os.environ)
    if on:
        environ["KOHO_ON"] = on
    return load_settings(project, environ)


def print_json(value: object) -> None:
    """Write one JSON document to standard output."""
    typer.echo(
        orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS, default=str).decode()
    )
