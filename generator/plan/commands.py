"""``koho plan``, ``koho report``, ``koho told`` and ``koho year``: the plan counted, told and closed."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from generator import console, discovery
from generator.console import HERE, JsonOption, OnOption, ProjectOption, QuietOption
from generator.content.library import Library, load_library
from generator.content.model import Program
from generator.errors import DataError
from generator.plan.ledger import Ledger, LedgerLine, count_plan, find_plan, year_span
from generator.plan.model import Plan
from generator.settings import Settings

app = typer.Typer()
year_app = typer.Typer(help="年度を閉じ、次の年度を開きます。", no_args_is_help=True)
app.add_typer(year_app, name="year", rich_help_panel="計画と実績")


class LedgerFormat(StrEnum):
    """How ``koho plan`` writes."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


YearArgument = Annotated[int, typer.Argument(metavar="年度", help="年度（西暦）")]
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


@app.command("report", rich_help_panel="計画と実績")
def report(
    year: Annotated[int, typer.Option("--year", metavar="年度", help="年度（西暦）")],
    project: ProjectOption = HERE,
    on: OnOption = "",
    *,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="置き場所（既定 build/report/年度）")
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """年度の実績報告を書きます。

    Markdown・HTML・PDF・CSV で、根拠のリンクが付きます。
    """
    from generator.plan.publication import write_report

    settings = console.settings_of(project, on=on)
    library = load_library(discovery.sources(), settings, min(settings.as_of(), year_span(year)[1]))
    ledger = _ledger(library, settings, year)
    folder = to or settings.build / "report" / str(year)
    with console.err.status("報告書を書いています"):
        written = write_report(ledger, settings, folder)
    if not quiet:
        for path in written:
            console.out.print(str(path), markup=False)


@app.command("told", rich_help_panel="計画と実績")
def told(project: ProjectOption = HERE, on: OnOption = "", as_json: JsonOption = False) -> None:
    """支援メニューと公募を、どこで知らせたかを示します。

    ページ・号・催しを数え、一度も知らせていないものを挙げます。
    """
    from generator.plan.told import find_tellings

    settings, library = _load(project, on)
    found = find_tellings(library, settings.as_of())
    if as_json:
        rows = [
            {"ref": f"{t.item.folder}/{t.item.slug}", "title": t.name}
            | {name: [asdict(e) for e in getattr(t, name)] for name in ("pages", "issues", "events")}
            for t in found.tellings
        ]
        dead = [{"topic": topic, "last": day} for topic, day in found.dead_topics]
        console.print_json(
            {"told": rows, "dead_topics": dead, "unmailed": [g.slug for g in found.unmailed_calls]}
        )
        return
    table = Table(
        "種類", "名称", "ページ", "号", "催し", title=f"{found.on} までに知らせた所", box=box.SIMPLE_HEAD
    )
    for t in found.tellings:
        table.add_row(t.item.label, t.name, str(len(t.pages)), str(len(t.issues)), str(len(t.events)))
    console.out.print(table)
    for topic, day in found.dead_topics:
        console.out.print(f"動きのない分野: {topic.ja}（最後は {day or '記録なし'}）", markup=False)
    for grant in found.unmailed_calls:
        console.out.print(
            f"メールマガジンに載せていない公募: {grant.title}（第{grant.call_number}回、{grant.closes} 締切、content/{grant.path}）",
            markup=False,
        )


@year_app.command("close")
def close(year: YearArgument, project: ProjectOption = HERE, on: OnOption = "") -> None:
    """年度を閉じ、実績を凍結します。

    content/plan/年度/closed/ に書き、以後は上書きしません。
    """
    from generator.plan.years import close_year

    settings, last = console.settings_of(project, on=on), year_span(year)[1]
    if settings.as_of() <= last:
        raise DataError(
            f"--on {settings.as_of()}: {year}年度は {last} まで続きます。終わってから閉じてください"
        )
    library = load_library(discovery.sources(), settings, last)
    for path in close_year(count_plan(_plan(library, year), library, last), settings):
        console.out.print(str(path), markup=False)
    console.out.print(f"{year}年度を閉じました。次の作り直しから、年度末の実績のページが公開されます")


@year_app.command("open")
def open_(year: YearArgument, project: ProjectOption = HERE) -> None:
    """次の年度の計画と支援メニューの下書きを作ります。

    目標は前年のまま、実績は空です。
    """
    from generator.plan.years import open_year

    settings, library = _load(project, "")
    written = open_year(_plan(library, year - 1), library.public(Program), settings)
    for path in written:
        console.out.print(str(path), markup=False)
    console.out.print(
        f"計画と支援メニューの下書き {len(written)} 件を書きました。直したら draft: の行を消してください。"
        f"{year}年4月1日から公開され、前の年度のページは新しいページへ案内します。残りは koho check に出ます"
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
    table = Table(title=f"{ledger.plan.title}（{ledger.on} 現在）", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("行", no_wrap=True)
    table.add_column("計画の内容", overflow="fold", ratio=1)
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
