"""``koho companies stale``, ``completeness`` and ``history``: keeping profiles true."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from generator.console import HERE, JsonOption, OnOption, ProjectOption, out, print_json, settings_of

if TYPE_CHECKING:
    from company_db.store import CompanyStore
    from generator.settings import Settings

T = TypeVar("T")


def stale(project: ProjectOption = HERE, *, on: OnOption = "", as_json: JsonOption = False) -> None:
    """最終確認日が古い会員を、古い順に並べます。"""
    from company_db.publication import Freshness, freshness

    settings = settings_of(project, on=on)
    day = settings.as_of()
    found = [
        (record, state)
        for record in _with_store(settings, lambda store: store.records())
        if record.listed and (state := freshness(record.confirmed, day, settings)) is not Freshness.FRESH
    ]
    found.sort(key=lambda pair: (pair[0].confirmed is not None, pair[0].confirmed, pair[0].key))
    if as_json:
        print_json([{"key": r.key, "name": r.name, "confirmed": r.confirmed, "state": s} for r, s in found])
        return
    for record, state in found:
        age = f"{(day - record.confirmed).days}日前" if record.confirmed else "未確認"
        out.print(f"{record.key} {record.name}: {record.confirmed or '—'}（{age}） {state}", markup=False)
    out.print(f"確認をお願いする会員: {len(found)}社")


def completeness(
    project: ProjectOption = HERE,
    *,
    below: Annotated[int, typer.Option("--below", min=0, max=101, help="この点数より低い会員だけ")] = 101,
    as_json: JsonOption = False,
) -> None:
    """会員のページの充実度と、足りない項目を並べます。

    100点満点で、低い順です。職員だけが見ます。
    """
    from company_db.completeness import completeness as score_of

    records = _with_store(settings_of(project), lambda store: store.records())
    scored = sorted(((score_of(record), record) for record in records), key=lambda p: (p[0].score, p[1].key))
    shown = [(score, record) for score, record in scored if score.score < below]
    if as_json:
        print_json([{"key": r.key, "name": r.name, "score": s.score, "missing": s.missing} for s, r in shown])
        return
    for score, record in shown:
        missing = f"（足りない項目: {'、'.join(score.missing)}）" if score.missing else ""
        out.print(f"{score.score:3d}点 {record.key} {record.name}{missing}", markup=False)


def history(
    key: Annotated[str, typer.Argument(metavar="番号", help="法人番号か独自番号")],
    project: ProjectOption = HERE,
    *,
    as_json: JsonOption = False,
) -> None:
    """一社の変更の履歴を古い順に並べます。

    いつ、だれが、何をもとに、どの値からどの値に変えたかが分かります。
    """
    from dataclasses import asdict

    from company_db.comparison import header_of, kept_cell

    entries = _with_store(settings_of(project), lambda store: store.history(key))
    if as_json:
        print_json([asdict(entry) for entry in entries])
        return
    for entry in entries:
        cells = (kept_cell(entry.field, text) for text in (entry.before, entry.after))
        before, after = (" / ".join(text.splitlines()) or "（空）" for text in cells)
        field = header_of(entry.field)
        out.print(f"{entry.at} {entry.who}（{entry.source}） {field}: {before} → {after}", markup=False)


def audit(
    key: Annotated[str, typer.Argument(metavar="[番号]", help="なければ全社")] = "",
    project: ProjectOption = HERE,
    *,
    as_json: JsonOption = False,
) -> None:
    """企業の入口で起きたことを古い順に並べます。

    リンク、写真、申請、決定の記録です。
    """
    from dataclasses import asdict

    from company_db.audit import Audit
    from company_db.commands import opening

    engine = opening.open_store(settings_of(project))
    try:
        entries = [*Audit(engine).entries(key)]
    finally:
        engine.dispose()
    if as_json:
        print_json([asdict(entry) for entry in entries])
        return
    for entry in entries:
        out.print(f"{entry.at} {entry.key} {_ACTS[entry.act]} {entry.subject}".rstrip(), markup=False)


_ACTS = {
    "link_sent": "リンクを送った",
    "link_failed": "リンクのメールを渡せなかった",
    "link_limited": "リンクの求めが多すぎた",
    "photo_kept": "写真を受け取った",
    "photo_refused": "写真を断った",
    "proposed": "申請",
    "accepted": "受け入れ",
    "sent_back": "差し戻し",
    "withdrawn": "置き換え・取り下げ",
}


def _with_store(settings: Settings, ask: Callable[[CompanyStore], T]) -> T:
    from company_db.commands import opening
    from company_db.store import CompanyStore

    engine = opening.open_store(settings)
    try:
        return ask(CompanyStore(engine))
    finally:
        engine.dispose()
