"""``koho check``: every problem of every file, as path, line, value and mend; and of the built site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from generator import console, discovery
from generator.console import HERE, JsonOption, OnOption, ProjectOption
from generator.content.library import Library, load_library
from generator.errors import ExitCode, Problem, Severity
from generator.settings import Settings

app = typer.Typer()
SiteOption = Annotated[
    bool, typer.Option("--site", help="できたサイトの全ページを調べる（読みやすさ、リンク、漏れ）")
]
RecordOption = Annotated[bool, typer.Option("--record", help="--site の結果を「試験結果」のページに載せる")]
TranslationsOption = Annotated[
    bool, typer.Option("--translations", help="英語版の不足と、人の確認がまだの英文を示す")
]


@app.command("check", rich_help_panel="原稿")
def check(
    project: ProjectOption = HERE,
    on: OnOption = "",
    as_json: JsonOption = False,
    site: SiteOption = False,
    translations: TranslationsOption = False,
    record: RecordOption = False,
) -> None:
    """原稿の誤りをすべて調べ、場所と直し方を示します。"""
    settings = console.settings_of(project, on=on)
    library = load_library(discovery.sources(), settings, settings.as_of())
    if site:
        _check_site(settings, library, as_json=as_json, record=record)
        return
    problems: Sequence[Problem] = library.problems if library.errors else _with_dead_links(library, settings)
    if translations:
        from generator.content.translations import translation_problems

        problems = translation_problems(library, settings.as_of())
    _show(problems, as_json=as_json)
    if translations and not as_json:
        missing = sum(not problem.field for problem in problems)
        console.out.print(f"英語版の不足 {missing} 件、人の確認を待つ英文 {len(problems) - missing} 件")
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise typer.Exit(ExitCode.PROBLEMS)


@app.command("new", rich_help_panel="原稿")
def new(
    folder: Annotated[
        str, typer.Argument(metavar="種類", help="events、notices、grants など、content/ のフォルダー")
    ],
    name: Annotated[
        str, typer.Argument(metavar="名前", help="アドレスになる、半角小文字の名前。例 export-seminar-4")
    ],
    like: Annotated[
        str, typer.Option("--like", metavar="名前", help="この原稿を写し、日付だけ空けて始める")
    ] = "",
    project: ProjectOption = HERE,
    on: OnOption = "",
) -> None:
    """新しい原稿を、項目の説明つきで用意します。"""
    from generator.content.sheet import start_file

    settings = console.settings_of(project, on=on)
    path = start_file(settings.content, folder, name, like=like, on=settings.as_of())
    console.out.print(f"用意した原稿 content/{path.relative_to(settings.content).as_posix()}", markup=False)
    console.out.print("次: 書いて koho check（使わない項目は空けたままでよい）", markup=False)


def _with_dead_links(library: Library, settings: Settings) -> Sequence[Problem]:
    from generator.site.links import dead_links
    from generator.site.plan import list_pages
    from generator.site.view import SiteView

    pages = {page.address for page in list_pages(SiteView(library, settings))}
    return library.with_problems(dead_links(library, settings, pages, discovery.publishers())).problems


def _show(problems: Sequence[Problem], *, as_json: bool) -> None:
    if as_json:
        console.print_json([asdict(problem) for problem in problems])
        return
    for problem in problems:
        mark = "誤り" if problem.severity is Severity.ERROR else "注意"
        console.out.print(f"{mark} {problem}", markup=False)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    console.out.print(f"誤り {errors} 件、注意 {len(problems) - errors} 件")


def _check_site(settings: Settings, library: Library, *, as_json: bool, record: bool) -> None:
    from generator.site.audit.record import record_audit
    from generator.site.audit.run import audit_built_site

    with console.err.status("全ページを調べています"):
        result = audit_built_site(settings, library)
    if record:
        record_audit(result, settings, settings.as_of())
    if as_json:
        console.print_json({"pages": result.pages, "findings": [asdict(f) for f in result.findings]})
    else:
        for finding in result.findings:
            console.out.print(str(finding), markup=False)
        console.out.print(f"{result.pages:,}ページを調べ、直すところは {len(result.findings):,} 件でした")
    if result.findings:
        raise typer.Exit(ExitCode.PROBLEMS)
