"""``koho plan``, ``koho report``, ``koho told`` and ``koho year``: the plan counted, told and closed."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from generator import console, discovery
from generator.console import HERE, JsonOption, OnOption, ProjectOption
from generator.content.library import Library, load_library
from generator.errors import DataError
from generator.plan.ledger import Ledger, LedgerLine, count_plan, find_plan, year_span
from generator.plan.model import Plan
from generator.settings import Settings

app = typer.Typer()


class LedgerFormat(StrEnum):
    """How ``koho plan`` writes."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


FormatOption = Annotated[LedgerFormat, typer.Option("--format", help="表・CSV・JSON のどれで出すか")]


@app.command("plan", rich_help_panel="計画と実績")
def plan(project: ProjectOption = HERE, on: OnOption = "", style: FormatOption = LedgerFormat.TABLE) -> None:
    """年度計画の目標と実績を、公開した記録から数えます。"""
    from generator.plan.report import ledger_csv, ledger_rows

    settings, library = _load(project, on)
    ledger = _ledger(library, settings, None)
    if style is LedgerFormat.CSV:
        typer.echo(ledger_csv(ledger), nl=False)
    elif style is LedgerFormat.JSON:
        console.print_json(
            {"year": ledger.plan.year, "on": ledger.on, "doubts": ledger.doubts}
            | {"lines": ledger_rows(ledger, settings.site_url)}
        )
    else:
        _print(ledger)


@app.command("told", rich_help_panel="計画と実績")
def told(project: ProjectOption = HERE, on: OnOption = "", as_json: JsonOption = False) -> None:
    """支援メニューと公募を、どのページ・号・催しで知らせたかを示します。"""
    from generator.plan.told import find_tellings

    settings, library = _load(project, on)
    found = find_tellings(library, settings.as_of())
    if as_json:
        rows = [
            {"ref": f"{t.item.folder}/{t.item.slug}", "title": t.item.title}
            | {name: [asdict(e) for e in getattr(t, name)] for name in ("pages", "issues", "events")}
            for t in found.tellings
        ]
        dead = [{"topic": topic, "last": day} for topic, day in found.dead_topics]
        console.print_json(
            {"told": rows, "dead_topics": dead, "unmailed": [g.slug for g in found.unmailed_calls]}
        )
        return
    table = Table("種類", "名称", "ページ", "号", "催し", title=f"{found.on} までに知らせた所")
    for t in found.tellings:
        table.add_row(t.item.label, t.item.title, str(len(t.pages)), str(len(t.issues)), str(len(t.events)))
    console.out.print(table)
    for topic, day in found.dead_topics:
        console.out.print(f"動きのない分野: {topic.ja}（最後は {day or '記録なし'}）", markup=False)
    for grant in found.unmailed_calls:
        console.out.print(
            f"メールマガジンに載せていない公募: {grant.title}（{grant.closes} 締切、{grant.path}）",
            markup=False,
        )


def _load(project: Path, on: str) -> tuple[Settings, Library]:
    settings = console.settings_of(project, on=on)
    with console.err.status("原稿を読んでいます"):
        return settings, load_library(discovery.sources(), settings, settings.as_of())


def _plan(library: Library, year: int) -> Plan:
    for plan in library.all(Plan):
        if plan.year == year:
            return plan
    known = "、".join(str(plan.year) for plan in library.all(Plan)) or "なし"
    raise DataError(
        f"{year}年度の計画がありません（あるのは {known}）。content/plan/{year}.yml を作ってください"
    )


def _ledger(library: Library, settings: Settings, year: int | None) -> Ledger:
    on = settings.as_of()
    if year is not None:
        return count_plan(_plan(library, year), library, min(on, year_span(year)[1]))
    found = find_plan(library, on)
    if found is None:
        raise DataError(f"{on} を含む年度の計画がありません。content/plan/ に年度の計画を置いてください")
    return count_plan(found, library, on)


def _print(ledger: Ledger) -> None:
    table = Table(title=f"{ledger.plan.title}（{ledger.on} 現在）")
    for name in ("行", "計画の内容"):
        table.add_column(name, overflow="fold")
    for name in ("目標", "実績", "予定"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("進み具合", no_wrap=True)
    table.add_column("根拠", justify="right")
    for line in ledger.lines:
        table.add_row(*_cells(line))
    console.out.print(table)
    for doubt in ledger.doubts:
        console.out.print(f"確かめること {doubt}", markup=False)


def _cells(line: LedgerLine) -> tuple[str, ...]:
    planned = f"{line.planned:,}{line.unit}" if line.planned else "―"
    key, text = line.line.key, line.line.text
    return (key, text, line.target_text, line.actual_text, planned, str(line.pace), str(len(line.evidence)))
