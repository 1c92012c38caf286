"""``koho build`` and ``koho serve``."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from generator import console, discovery
from generator.console import HERE, JsonOption, OnOption, ProjectOption, QuietOption
from generator.settings import Settings
from generator.site.build import build_site
from generator.site.labels import KIND_LABELS
from generator.site.report import BuildReport

app = typer.Typer()


@app.command(rich_help_panel="サイト")
def build(
    project: ProjectOption = HERE, on: OnOption = "", json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """サイトを作ります。変わったところだけ書き換えます。

    誤りがあれば、前のサイトをそのまま残します。
    """
    started = perf_counter()
    settings = console.settings_of(project, on=on)
    report = run_build(settings, quiet=quiet or json)
    report = replace(report, seconds=round(perf_counter() - started, 2))
    if json:
        console.print_json(asdict(report))
    elif not quiet:
        print_report(report)


@app.command(rich_help_panel="サイト")
def serve(
    project: ProjectOption = HERE,
    on: OnOption = "",
    port: Annotated[int, typer.Option("--port", help="待ち受ける番号")] = 8000,
    host: Annotated[str, typer.Option("--host", help="待ち受ける住所")] = "127.0.0.1",
) -> None:
    """サイトを手元で見ます。

    原稿やテンプレートを変えると作り直します。
    """
    from generator.site.serve import serve_site

    settings = console.settings_of(project, on=on)
    serve_site(settings, host=host, port=port)


def run_build(settings: Settings, *, quiet: bool = False) -> BuildReport:
    """Build with everything that this installation has; progress goes to standard error."""
    sources, publishers = discovery.sources(), discovery.publishers()
    if quiet:
        return build_site(settings, sources, publishers)
    with console.err.status("始めています") as status:
        return build_site(settings, sources, publishers, progress=status.update)


def print_report(report: BuildReport) -> None:
    """Say in Japanese what was made and where to look."""
    for warning in report.warnings:
        console.err.print(f"注意 {warning}", markup=False)
    kinds = "、".join(f"{KIND_LABELS.get(kind, kind)} {count:,}" for kind, count in report.pages.items())
    console.out.print(f"ページ {sum(report.pages.values()):,}（{kinds}）", markup=False)
    console.out.print(f"企業 {report.companies:,}社、注意 {len(report.warnings)}件、{report.on} 時点")
    if report.nothing_changed:
        console.out.print(f"変わったところはありません（{report.seconds:.2f}秒）")
    else:
        console.out.print(
            f"書いたファイル {report.written:,}、消したファイル {report.removed:,}、描いたページ "
            f"{report.rendered:,}（{report.seconds:.2f}秒、うちMkDocs {report.mkdocs_seconds:.2f}秒）"
        )
    console.out.print(f"できたサイト {Path(report.site) / 'index.html'}", markup=False)
