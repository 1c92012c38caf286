"""Closing a fiscal year and opening the next: a frozen record, and a draft plan that carries the programs over."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson
import yaml

from generator.content.model import Program
from generator.errors import RefusedError
from generator.plan.carrying import carried_pages
from generator.plan.closed import LEDGER_NAME
from generator.plan.ledger import Ledger
from generator.plan.model import Plan
from generator.plan.report import evidence_csv, ledger_csv, ledger_rows, report_markdown
from generator.settings import Settings
from generator.storage.files import write_file

_BOM = b"\xef\xbb\xbf"
_NO_ACTUALS = "# 職員が入力した実績。value は年度の初めからの累計です。\n"


def close_year(ledger: Ledger, settings: Settings) -> list[Path]:
    """Freeze a year's ledger beside its plan; a year that is closed stays as it was."""
    folder = settings.content / "plan" / str(ledger.plan.year) / "closed"
    if folder.exists():
        raise RefusedError(
            f"{folder.relative_to(settings.project)}: {ledger.plan.year}年度はもう閉じています。上書きしません"
        )
    record = {"plan": ledger.plan.model_dump(mode="json"), "on": ledger.on, "doubts": ledger.doubts}
    record |= {"lines": ledger_rows(ledger, "")}  # addresses within the site: hosts change
    files = {
        "ledger.csv": _BOM + ledger_csv(ledger).encode(),
        "evidence.csv": _BOM + evidence_csv(ledger, settings.site_url).encode(),
        "report.md": report_markdown(ledger, settings.site_url).encode(),
        LEDGER_NAME: orjson.dumps(record, option=orjson.OPT_INDENT_2, default=str),
    }
    for name, content in files.items():
        write_file(folder / name, content)
    return [folder / name for name in files]


def open_year(before: Plan, programs: Iterable[Program], settings: Settings) -> list[Path]:
    """Write the next year's plan and a draft page of each program; nothing is written when any of them exists.

    Plan lines keep their keys within the new year's own plan (``2024/1-1-ア``); nothing of last year's count comes along.
    """
    year = before.year + 1
    files = {
        settings.content / "plan" / f"{year}.yml": _draft_plan(before, year),
        settings.content / "plan" / str(year) / "actuals.yml": _NO_ACTUALS.encode(),
        **carried_pages(programs, year, settings),
    }
    if standing := [path for path in files if path.exists()]:
        raise RefusedError(f"{standing[0].relative_to(settings.project)}: もうあります。何も書いていません")
    for path, content in files.items():
        write_file(path, content)
    return list(files)


def _draft_plan(before: Plan, year: int) -> bytes:
    """Carry sections, lines and targets over; money is empty until the plan is decided."""
    plan = before.model_dump(mode="json", exclude_defaults=True, exclude={"actuals"})
    plan |= {"year": year, "title": f"令和{year - 2018}年度事業計画"}
    for section in plan["sections"]:
        for money in ("budget_thousand_yen", "grants_thousand_yen", "fund", "loans"):
            section.pop(money, None)
    head = (
        f"# {plan['title']}（{before.title}から引き継いだ下書き）\n"
        "# 目標は前の年度のままです。計画が決まったら、目標・予算額・所管を書き直してください。\n"
    )
    return (head + yaml.safe_dump(plan, allow_unicode=True, sort_keys=False, width=200)).encode()
