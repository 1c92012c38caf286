"""``koho companies template`` and ``import``: sheets out to members and back in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from company_db.commands.opening import WhoOption
from generator.console import HERE, JsonOption, ProjectOption, QuietOption, err, out, print_json, settings_of
from generator.errors import DataError, ExitCode

if TYPE_CHECKING:
    from company_db.intake.members import SheetPlan


def template(
    path: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="書き出すファイル")],
    project: ProjectOption = HERE,
    *,
    key: Annotated[
        str, typer.Option("--key", help="この企業の今の内容を書き入れる（法人番号か独自番号）")
    ] = "",
    quiet: QuietOption = False,
) -> None:
    """会員に書いてもらう表を作ります。

    選ぶ項目には一覧がつきます。
    """
    from company_db.commands import opening
    from company_db.intake.template import write_template
    from company_db.store import CompanyStore

    record = None
    if key:
        engine = opening.open_store(settings_of(project))
        try:
            record = CompanyStore(engine).find(key)
        finally:
            engine.dispose()
        if record is None:
            raise DataError(f"--key {key}: この番号の会員はいません")
    write_template(path, record)
    if not quiet:
        out.print(f"{path} を作りました", markup=False)


def import_sheet(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV か XLSX")],
    project: ProjectOption = HERE,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="違いと誤りを見るだけで、何も変えない")] = False,
    sheet: Annotated[str, typer.Option("--sheet", help="読むシートの名前")] = "",
    who: WhoOption = "",
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """会員の表を入れます。

    誤りが一つでもあれば、何も変えません。
    """
    from company_db.commands import opening
    from company_db.intake.members import MembersIntake
    from company_db.intake.table import load_table

    engine = opening.open_store(settings_of(project))
    try:
        intake = MembersIntake(engine)
        plan = intake.plan(load_table(path, sheet=sheet))
        report = None
        if not dry_run and not plan.errors:
            report = intake.apply(plan, opening.intake(who, path.name))
    finally:
        engine.dispose()
    if as_json:
        print_json(_as_json(plan) | {"applied": report is not None})
    elif not quiet:
        _print(plan)
    for problem in plan.problems:
        err.print(str(problem), markup=False)
    if plan.errors:
        err.print(f"誤りが{len(plan.errors)}件あります。何も変えていません")
        raise typer.Exit(ExitCode.PROBLEMS)
    if report is not None and not quiet and not as_json:
        out.print(f"追加 {report.added}、変更 {report.changed}、変わらず {report.unchanged}")


def _print(plan: SheetPlan) -> None:
    for row in plan.rows:
        if row.record is None:
            continue
        state = "新規" if row.is_new else ("変更" if row.differences else "変わらず")
        out.print(f"{row.number}行目 {row.record.key} {row.name}: {state}", markup=False)
        for difference in row.differences:
            before, after = (
                text.replace("\n", " / ") or "（空）" for text in (difference.before, difference.after)
            )
            out.print(f"  {difference.header}: {before} → {after}", markup=False)


def _as_json(plan: SheetPlan) -> dict[str, object]:
    from dataclasses import asdict

    rows = [
        {
            "row": row.number,
            "key": row.record.key if row.record else "",
            "name": row.name,
            "new": row.is_new,
            "differences": [asdict(difference) for difference in row.differences],
        }
        for row in plan.rows
    ]
    return {"rows": rows, "problems": [asdict(problem) for problem in plan.problems]}
