"""``koho companies search``: staff look for companies, unpublished ones included."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from generator.console import HERE, JsonOption, ProjectOption, err, out, print_json, settings_of


def search(
    words: Annotated[list[str], typer.Argument(metavar="ことば...", help="すべてを含む企業をさがす")],
    project: ProjectOption = HERE,
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="出す件数")] = 30,
    as_json: JsonOption = False,
) -> None:
    """企業をさがします（非公開の項目も見ます）。

    書き方と文字のそろえ方はサイトの検索と同じです。除くことばは '切削 -アルミ' のように、全体を引用符で囲みます。
    """
    from company_db.commands import opening
    from company_db.staff_search import search_companies

    engine = opening.open_store(settings_of(project))
    try:
        with err.status("さがしています"):
            found = search_companies(engine, " ".join(words))
    finally:
        engine.dispose()
    if as_json:
        print_json([asdict(one) for one in found[:limit]])
        return
    for one in found[:limit]:
        mark = "閉鎖" if one.closed else "会員" if one.member else "登記"
        out.print(f"{one.key}  {mark}  {one.name}  {one.address}", markup=False)
    more = f"（ほか{len(found) - limit:,}件。--limit で増やせます）" if len(found) > limit else ""
    out.print(f"{len(found):,}件{more}", markup=False)
