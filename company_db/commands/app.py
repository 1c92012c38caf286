"""Puts the commands of the enterprise database under ``koho companies``."""

from __future__ import annotations

import typer

from company_db.commands import sample

app = typer.Typer(help="企業データベースを扱います。", no_args_is_help=True)

app.command("load-sample")(sample.load)


@app.callback()
def _group() -> None:
    """企業データベースを扱います。"""
