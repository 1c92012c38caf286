"""Puts the commands of the enterprise database under ``koho companies``."""

from __future__ import annotations

import typer

from company_db.commands import care, gbizinfo, members, registry, review, sample, search

app = typer.Typer(help="企業データベースを扱います。", no_args_is_help=True)

app.command("load-sample")(sample.load)
app.command("template")(members.template)
app.command("import")(members.import_sheet)
app.command("import-registry")(registry.import_registry)
app.command("import-gbizinfo")(gbizinfo.import_gbizinfo)
app.command("stale")(care.stale)
app.command("completeness")(care.completeness)
app.command("history")(care.history)
app.command("audit")(care.audit)
app.command("review")(review.review)
app.command("search")(search.search)


@app.callback()
def _group() -> None:
    """企業データベースを扱います。"""
