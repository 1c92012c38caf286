"""Closing a fiscal year and opening the next: a frozen record, and a draft plan that carries the programs over."""

from __future__ import annotations

from pathlib import Path

import orjson
import yaml

from generator.errors import RefusedError
from generator.plan.ledger import Ledger
from generator.plan.model import Plan
from generator.plan.report import evidence_csv, ledger_csv, ledger_rows, report_markdown
from generator.settings import Settings
from generator.storage.files import write_file

_BOM = b"\xef\xbb\xbf"


def close_year(ledger: Ledger, settings: Settings) -> list[Path]:
    """Freeze a year's ledger beside its plan; a year that is closed stays as it was."""
    folder = settings.content / "plan" / str(ledger.plan.year) / "closed"
    if folder.exists():
        raise RefusedError(
            f"{folder.relative_to(settings.project)}: {ledger.plan.year}年度はもう閉じています。上書きしません"
        )
    record = {"plan": ledger.plan.model_dump(mode="json"), "on": ledger.on, "doubts": ledger.doubts}
    record |= {"lines": ledger_rows(ledger, settings.site_url)}
    files = {
        "ledger.csv": _BOM + ledger_csv(ledger).encode(),
        "evidence.csv": _BOM + evidence_csv(ledger, settings.site_url).encode(),
        "report.txt": report_markdown(ledger, settings.site_url).encode(),
        "ledger.json": orjson.dumps(record, option=orjson.OPT_INDENT_2, default=str),
    }
    for name, content in files.items():
        write_file(folder / name, content)
    return [folder / name for name in files]


def open_year(before: Plan, settings: Settings) -> list[Path]:
    """Write the next year's plan as a draft: sections, lines and targets carried over, money and actuals empty.

    Plan lines keep their keys within the new year's own plan (``2024/1-1-ア``); nothing of last year's count comes along.
    """
    year = before.year + 1
    path = settings.content / "plan" / f"{year}.yml"
    if path.exists():
        raise RefusedError(f"{path.relative_to(settings.project)}: もうあります。上書きしません")
    plan = before.model_dump(mode="json", exclude_defaults=True, exclude={"actuals"})
    plan |= {"year": year, "title": f"令和{year - 2018}年度事業計画"}
    for section in plan["sections"]:
        for money in ("budget_thousand_yen", "grants_thousand_yen", "fund", "loans"):
            section.pop(money, None)
    head = (
        f"# {plan['title']}（{before.title}から引き継いだ下書き）\n"
        "# 目標は前の年度のままです。計画が決まったら、目標・予算額・所管を書き直してください。\n"
    )
    text = head + yaml.safe_dump(plan, allow_unicode=True, sort_keys=False, width=200)
    write_file(path, text.encode())
    actuals = settings.content / "plan" / str(year) / "actuals.yml"
    write_file(actuals, "# 職員が入力した実績。value は年度の初めからの累計です。\n".encode())
    return [path, actuals]
