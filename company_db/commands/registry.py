"""``koho companies import-registry``: takes in files of the corporate-number register."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from company_db.commands.opening import WhoOption
from generator.console import HERE, JsonOption, ProjectOption, QuietOption, err, out, print_json, settings_of
from generator.errors import ExitCode

if TYPE_CHECKING:
    from rich.progress import Progress

    from company_db.registry.intake import RegistrySummary

SHOWN_REFUSALS = 20


def import_registry(
    files: Annotated[list[Path], typer.Argument(help="全件ファイル、差分ファイルの順に（zip か CSV）")],
    project: ProjectOption = HERE,
    *,
    who: WhoOption = "",
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """国税庁の法人番号公表データを入れます。

    すべて入るか、何も変わらないかのどちらかです。
    """
    from company_db.commands import opening
    from company_db.registry.file import load_registry_file
    from company_db.registry.intake import import_registry as take_in

    settings = settings_of(project)
    engine = opening.open_store(settings)
    show, bar = _progress(shown=not quiet and not as_json and err.is_terminal)
    try:
        with show:
            summary = take_in(
                engine,
                map(load_registry_file, files),
                lambda name: opening.intake(who, name),
                prefecture=settings.organization.prefecture_code,
                progress=bar,
            )
    finally:
        engine.dispose()
    if as_json:
        print_json(_as_json(summary))
    elif not quiet:
        _print(summary)
    if summary.refused:
        raise typer.Exit(ExitCode.PROBLEMS)


def _progress(*, shown: bool) -> tuple[AbstractContextManager[Progress], Callable[[str, int], None]]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}件"),
        TimeElapsedColumn(),
    )
    show = Progress(*columns, console=err, disable=not shown)
    tasks = {}

    def advance(name: str, count: int) -> None:
        if name not in tasks:
            tasks[name] = show.add_task(name, total=None)
        show.update(tasks[name], advance=count)

    return show, advance


def _print(summary: RegistrySummary) -> None:
    from company_db.comparison import header_of

    for file in summary.files:
        out.print(
            f"{file.file}: 追加 {file.added}、変更 {file.changed}、閉鎖 {file.closed}、転出 {file.moved}、"
            f"変わらず {file.unchanged}、県外 {file.elsewhere}、受け付けず {len(file.refused)}",
            markup=False,
        )
    for row in summary.refused[:SHOWN_REFUSALS]:
        err.print(f"{row.file}:{row.line}: {row.reason}", markup=False)
    if (more := len(summary.refused) - SHOWN_REFUSALS) > 0:
        err.print(f"ほかに{more}行（--json ですべて出ます）")
    for news in summary.members:
        field, before, after = header_of(news.field), news.before or "（空）", news.after or "（空）"
        out.print(
            f"会員の登記が変わりました: {news.key} {news.name} {field}: {before} → {after}", markup=False
        )
    for gap in summary.gaps:
        span = f"{gap.first}" if gap.first == gap.last else f"{gap.first}〜{gap.last}"
        err.print(f"差分ファイルの抜け: {span}（営業日 {gap.days}日分）")


def _as_json(summary: RegistrySummary) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "members": [asdict(m) for m in summary.members],
        "files": [asdict(f) for f in summary.files],
        "gaps": [asdict(g) for g in summary.gaps],
    }
