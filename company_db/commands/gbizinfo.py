"""``koho companies import-gbizinfo``: joins public facts to members."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from company_db.commands.opening import WhoOption
from generator.console import HERE, JsonOption, ProjectOption, QuietOption, err, out, print_json, settings_of


def import_gbizinfo(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="gBizINFO の CSV か JSON")],
    project: ProjectOption = HERE,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="見るだけで、何も変えない")] = False,
    who: WhoOption = "",
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """gBizINFOの情報を、法人番号で会員に結びます。

    資本金・従業員数・認証・補助金・特許を入れます。会員が書いた値は変えません。
    """
    from dataclasses import asdict

    from company_db.commands import opening
    from company_db.comparison import header_of
    from company_db.intake.gbizinfo import join, load_gbizinfo
    from company_db.store import CompanyStore, SaveReport

    facts = load_gbizinfo(path)
    engine = opening.open_store(settings_of(project))
    try:
        store = CompanyStore(engine)
        joined = join(store.records(), facts)
        report = (
            SaveReport()
            if dry_run
            else store.save(joined.records, opening.intake(who, f"gBizINFO {path.name}"))
        )
    finally:
        engine.dispose()
    if as_json:
        print_json(
            asdict(report)
            | {"unknown": joined.unknown, "disagreements": [asdict(d) for d in joined.disagreements]}
        )
        return
    if not quiet:
        out.print(
            f"会員 {len(joined.records)}社に結びました（変更 {report.changed}、会員でない法人 {joined.unknown}）"
        )
    for found in joined.disagreements:
        err.print(
            f"{found.key} {header_of(found.field)}: 会員は「{found.ours}」、gBizINFOは「{found.theirs}」。"
            "会員の値のままです",
            markup=False,
        )
