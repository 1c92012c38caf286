"""``koho subscribers``: take a list in, give it out, find and forget a person, count."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Annotated

import typer

from generator import clock
from generator.console import HERE, JsonOption, ProjectOption, QuietOption, err, out, print_json, settings_of
from generator.content.codes import Topic
from generator.errors import DataError, ExitCode, RefusedError
from generator.forms.spreadsheet import safe_cell
from newsletters.audience.intake import RowResult, offer_of, summarize, take_in
from newsletters.audience.model import (
    REASON_WORDS,
    STATE_WORDS,
    Subscriber,
    Subscription,
    SuppressionReason,
)
from newsletters.audience.sheet import read_list
from newsletters.audience.store import Audience, open_audience
from newsletters.declaration import get_newsletter

app = typer.Typer(help="読者（購読者）の台帳", no_args_is_help=True)
NewsletterOption = Annotated[str, typer.Option("--newsletter", "-n", help="メールマガジンの名前")]
AddressArgument = Annotated[str, typer.Argument(help="メールアドレス（- なら標準入力から読む）")]


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV か XLSX。同意日・同意方法・同意文言の列が要ります")],
    newsletter: NewsletterOption = "magazine",
    project: ProjectOption = HERE,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="書き込まずに結果だけ見る")] = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """今ある名簿を取り込みます（行ごとに結果を報告します）。"""
    settings = settings_of(project)
    offer = offer_of(get_newsletter(settings, newsletter))
    audience = open_audience(settings)
    reports = list(take_in(audience, read_list(file), offer, file.name, dry_run=dry_run))
    audience.close()
    counted = summarize(reports)
    if as_json:
        rows = [{"line": r.line, "result": r.result, "why": r.why} for r in reports]
        print_json({"dry_run": dry_run, "counts": counted, "rows": rows})
    elif not quiet:
        for report in reports:
            if report.result is not RowResult.ADDED:
                err.print(f"{file.name}:{report.line}: {_WORDS[report.result]} {report.why}", markup=False)
        out.print("（試し）" if dry_run else "", end="")
        out.print("、".join(f"{_WORDS[RowResult(name)]} {number:,}件" for name, number in counted.items()))
        if dry_run and counted[RowResult.ADDED]:
            out.print("次: 同じ命令を --dry-run なしで実行すると取り込みます")
    if counted[RowResult.REFUSED]:
        raise typer.Exit(ExitCode.PROBLEMS)


_WORDS = {
    RowResult.ADDED: "登録",
    RowResult.KNOWN: "登録済み",
    RowResult.DOUBLE: "重複",
    RowResult.SUPPRESSED: "配信停止リスト",
    RowResult.REFUSED: "受け付けず",
}


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="書き出すCSV（この利用者だけが読めます）")],
    newsletter: NewsletterOption = "magazine",
    project: ProjectOption = HERE,
) -> None:
    """名簿をCSVに書き出します（表計算の式にならないようにします）。"""
    audience = open_audience(settings_of(project))
    neighbour = file.with_name(f".{file.name}.tmp")
    descriptor = os.open(neighbour, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    number = 0
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["番号", "メールアドレス", "状態", "希望分野", "言語"])
        for address, s in audience.export(newsletter):
            cells = [str(s.subscriber_id), address, STATE_WORDS[s.state], _topic_words(s), s.language]
            writer.writerow([safe_cell(cell) for cell in cells])
            number += 1
    neighbour.replace(file)
    audience.close()
    out.print(f"{file}: {number:,}人")


@app.command()
def find(address: AddressArgument, project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """一人の状態を見ます。"""
    audience = open_audience(settings_of(project))
    text = _given(address)
    subscriber, reasons = audience.find(text), sorted(audience.suppressed(text))
    chosen = audience.subscriptions(subscriber.id) if subscriber else ()
    audience.close()
    if as_json:
        rows = [{"newsletter": s.newsletter, "state": s.state, "topics": s.topics} for s in chosen]
        print_json({"id": subscriber.id if subscriber else None, "rows": rows, "suppressed": reasons})
        return
    out.print(f"読者番号 {subscriber.id}" if subscriber else "登録はありません")
    for s in chosen:
        out.print(f"  {s.newsletter}: {STATE_WORDS[s.state]}（分野: {_topic_words(s) or 'すべて'}）")
    if reasons:
        out.print(f"  配信停止リスト: {'、'.join(REASON_WORDS[reason] for reason in reasons)}")


@app.command()
def erase(
    address: AddressArgument,
    project: ProjectOption = HERE,
    yes: Annotated[bool, typer.Option("--yes", help="確かめずに消す")] = False,
) -> None:
    """一人の個人情報を消します。

    二度と送らないための照合値だけ残ります。
    """
    audience = open_audience(settings_of(project))
    subscriber = _required(audience, _given(address))
    if not yes:
        typer.confirm(f"読者番号 {subscriber.id} を消します。元に戻せません。よろしいですか", abort=True)
    audience.erase(subscriber.id, at=int(clock.now().timestamp()))
    audience.close()
    out.print(f"読者番号 {subscriber.id} の個人情報を消しました")


@app.command()
def suppress(address: AddressArgument, project: ProjectOption = HERE) -> None:
    """この宛先には送らないようにします（電話などでの申し出）。"""
    audience = open_audience(settings_of(project))
    at = int(clock.now().timestamp())
    audience.suppress(_given(address), SuppressionReason.MANUAL, at=at, source="cli")
    audience.close()
    out.print("配信停止リストに入れました")


@app.command()
def stats(project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """人数を数えます。"""
    audience = open_audience(settings_of(project))
    counted = audience.statistics()
    audience.close()
    if as_json:
        print_json(counted)
        return
    for name, numbers in counted.items():
        if name == "suppressions":
            told = [
                f"{word} {numbers[reason]:,}件" for reason, word in REASON_WORDS.items() if reason in numbers
            ]
            out.print("配信停止リスト: " + ("、".join(told) or "なし"))
        else:
            out.print(f"{name}: " + "、".join(f"{w} {numbers.get(s, 0):,}人" for s, w in STATE_WORDS.items()))
    if len(counted) == 1:
        out.print("登録している方はいません。いまある名簿は koho subscribers import で取り込めます")


def _topic_words(subscription: Subscription) -> str:
    """Name the chosen topics as the form does; a topic that is no longer one keeps its code."""
    names = {topic.value: topic.ja for topic in Topic}
    return "、".join(names.get(topic, topic) for topic in subscription.topics)


def _given(address: str) -> str:
    return typer.get_text_stream("stdin").readline().strip() if address == "-" else address


def _required(audience: Audience, address: str) -> Subscriber:
    try:
        subscriber = audience.find(address)
    except DataError as error:
        raise RefusedError(str(error)) from None
    if subscriber is None:
        raise RefusedError("この宛先の登録はありません")
    return subscriber
