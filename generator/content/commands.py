"""``koho check``: every problem of every file, as path, line, value and mend."""

from __future__ import annotations

from dataclasses import asdict

import typer

from generator import console, discovery
from generator.console import HERE, JsonOption, OnOption, ProjectOption
from generator.content.library import Library, load_library
from generator.errors import ExitCode, Severity

app = typer.Typer()


@app.command("check", rich_help_panel="原稿")
def check(project: ProjectOption = HERE, on: OnOption = "", as_json: JsonOption = False) -> None:
    """原稿の誤りをすべて調べ、場所と直し方を示します。"""
    settings = console.settings_of(project, on=on)
    library = load_library(discovery.sources(), settings, settings.as_of())
    if as_json:
        console.print_json([asdict(problem) for problem in library.problems])
    else:
        _print(library)
    if library.errors:
        raise typer.Exit(ExitCode.PROBLEMS)


def _print(library: Library) -> None:
    for problem in library.problems:
        mark = "誤り" if problem.severity is Severity.ERROR else "注意"
        console.out.print(f"{mark} {problem}", markup=False)
    warnings = len(library.problems) - len(library.errors)
    console.out.print(f"誤り {len(library.errors)} 件、注意 {warnings} 件")
