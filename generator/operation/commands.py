"""``koho doctor``, ``koho backup``, ``koho restore`` and ``koho door``."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from generator import clock, console, discovery
from generator.console import HERE, JsonOption, ProjectOption, QuietOption
from generator.errors import ExitCode, SettingsError
from generator.operation.backup import back_up, restore
from generator.operation.doctor import examine
from generator.operation.finding import Finding, Verdict

app = typer.Typer()
PANEL = "運用"
_COLORS = {Verdict.GOOD: "green", Verdict.NOTE: "yellow", Verdict.BAD: "red"}


@app.command("doctor", rich_help_panel=PANEL)
def doctor(project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """足りないものを調べ、直し方を示します。

    設定・鍵（SendGrid の鍵に許した範囲も）・DNS・データベース・フォント・時計・ディスク・控えを見ます。
    """
    settings = console.settings_of(project)
    findings = examine(settings, discovery.schemas(), os.environ, clock.now())
    if as_json:
        console.print_json([asdict(finding) for finding in findings])
    else:
        console.out.print(_table(findings))
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise typer.Exit(ExitCode.PROBLEMS)


def _table(findings: list[Finding]) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("", "項目", "今", "すること"):
        table.add_column(heading, overflow="fold")  # a command that is cut short is no help
    for finding in findings:
        cells = (finding.verdict, finding.subject, finding.seen, finding.mend)
        table.add_row(*(Text(cell) for cell in cells), style=_COLORS[finding.verdict])
    return table


@app.command("backup", rich_help_panel=PANEL)
def backup(
    project: ProjectOption = HERE,
    to: Annotated[Path | None, typer.Option("--to", help="置き場所。書かなければ var/backups")] = None,
    quiet: QuietOption = False,
) -> None:
    """すべてのデータベースの控えを取り、読み返して確かめます。"""
    settings = console.settings_of(project)
    made = back_up(discovery.schemas(), settings, to or settings.project / "var" / "backups", at=clock.now())
    if not quiet:
        for one in made:
            read = "読み返しました" if one.rows is None else f"読み返し {one.rows:,} 行"
            console.out.print(f"{one.name}: {one.path}（{read}）", markup=False, soft_wrap=True)
        if not made:
            console.out.print("データベースがまだありません。koho db upgrade で作ります")


@app.command("restore", rich_help_panel=PANEL)
def restore_command(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="データベースの名前（companies、newsletters、registrations）"),
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="koho backup が作ったファイル")],
    project: ProjectOption = HERE,
) -> None:
    """控えからデータベースを戻します。

    今のファイルは名前を変えて残します。
    """
    settings = console.settings_of(project)
    schema = next((schema for schema in discovery.schemas() if schema.name == name), None)
    if schema is None:
        names = "、".join(schema.name for schema in discovery.schemas())
        raise SettingsError(f"{name}: そのデータベースはありません。{names} のどれかにしてください")
    kept = restore(schema, settings, file, at=clock.now())
    console.out.print(f"{name} を {file} から戻しました", markup=False, soft_wrap=True)
    if kept:
        console.out.print(f"前のファイルは {kept} にあります", markup=False, soft_wrap=True)
    console.out.print("次に koho db upgrade と koho doctor を実行してください", markup=False)


@app.command("door", rich_help_panel=PANEL)
def door(
    name: Annotated[str, typer.Argument(metavar="NAME", help="入口の名前")],
    project: ProjectOption = HERE,
    host: Annotated[str, typer.Option(help="待ち受ける住所")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="待ち受けるポート")] = 8100,
) -> None:
    """公開の入口（登録など）を一つだけ動かします。

    本番では入口ごとに別の設定で動かします。
    """
    from generator.forms.serving import run_doors

    settings = console.settings_of(project)
    found = next((door for door in discovery.doors() if door.name == name), None)
    if found is None:
        names = "、".join(door.name for door in discovery.doors()) or "（まだありません）"
        raise SettingsError(f"{name}: その入口はありません。{names} のどれかにしてください")
    run_doors([found], settings, host=host, port=port)
