"""``koho newsletters run-due`` and its neighbours: send what is due, watch, hold, decide, report."""

from __future__ import annotations

import csv
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine

from generator.console import HERE, JsonOption, ProjectOption, QuietOption, err, out, print_json, settings_of
from generator.errors import ExitCode, RefusedError
from generator.mail.mailer import Outcome
from generator.storage.database import open_database
from newsletters.delivery.due import keep_records, run_due, waiting_for_morning
from newsletters.delivery.hold import change_state
from newsletters.delivery.journal import Journal, adopt
from newsletters.delivery.opening import close_office, open_office
from newsletters.delivery.report import Report, counts_of, find_report, latest_deliveries, report_of
from newsletters.delivery.resolve import Decision, decide
from newsletters.delivery.run import Office, Worker
from newsletters.delivery.states import OVER, WORDS, DeliveryState
from newsletters.tables import audience_url

app = typer.Typer()
IssueArgument = Annotated[
    list[str], typer.Argument(metavar="NAME DATE", help="メールマガジンの名前と発行日（magazine 2023-11-22）")
]
By = Annotated[str, typer.Option("--by", help="操作する人の氏名")]
Reason = Annotated[str, typer.Option("--reason", help="理由")]

_HELD = frozenset({DeliveryState.NEEDS_REVIEW, DeliveryState.PAUSED})


@app.command("run-due")
def run_due_issues(
    project: ProjectOption = HERE, quiet: QuietOption = False, as_json: JsonOption = False
) -> None:
    """時刻の来た号を一回だけ配信します。

    cron や systemd timer から動かします。二つ同時に動いても安全です。
    """
    reached = _run_once(project, quiet=quiet or as_json)
    waiting = _waiting(project)
    if as_json:
        print_json(reached)
    elif not quiet:
        for issue, state in reached.items():
            out.print(f"{issue}: {WORDS[state]}")
        for issue in waiting:
            out.print(f"{issue}: いまは送らない時間帯です。明けてからの run-due で配信します", markup=False)
        if not reached and not waiting:
            out.print("時刻の来た号はありません")
    held = [issue for issue, state in reached.items() if state in _HELD]
    for issue in held:
        err.print(
            f"人の判断を待っています。koho newsletters report {issue.replace('/', ' ')} で確かめてください",
            markup=False,
        )
    if held:
        raise typer.Exit(ExitCode.REFUSED)


@app.command()
def run(
    project: ProjectOption = HERE,
    every: Annotated[int, typer.Option("--every", min=1, help="何秒ごとに見るか")] = 30,
    quiet: QuietOption = False,
) -> None:
    """時刻の来た号を見張って配信し続けます。

    SIGTERM で、送信中の一件を終えて止まります。
    """
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    while not stopping.is_set():
        try:
            _run_once(project, quiet=quiet, stopping=stopping)
        except RefusedError as refusal:  # that issue waits for a person; the others go on
            err.print(str(refusal), markup=False)
        stopping.wait(every)


def _run_once(
    project: Path, *, quiet: bool, stopping: threading.Event | None = None
) -> dict[str, DeliveryState]:
    settings = settings_of(project)
    office = open_office(settings)
    try:
        with _progress(quiet=quiet) as bar:

            def watch(worker: Worker) -> None:
                with office.engine.connect() as connection:
                    counted = counts_of(connection, worker.delivery_id)
                total = sum(counted.values())
                waiting = counted.get("pending", 0)
                task = bar.add_task(worker.issue.key, total=total, completed=total - waiting)

                def step(_outcome: Outcome, number: int) -> None:
                    bar.advance(task, number)
                    if stopping is not None and stopping.is_set():
                        worker.stop()

                worker.progress = step
                if stopping is None:
                    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
                elif stopping.is_set():
                    worker.stop()

            return run_due(office, settings.content, watch)
    finally:
        _keep_records(office, settings.content, quiet=quiet)
        close_office(office)


def _waiting(project: Path) -> tuple[str, ...]:
    office = open_office(settings_of(project))
    try:
        return waiting_for_morning(office)
    finally:
        close_office(office)


def _keep_records(office: Office, content: Path, *, quiet: bool) -> None:
    """What was sent is sent: a record that cannot be written now is only told of, and tried again by the next round."""
    try:
        written = keep_records(office.engine, content)
    except (OSError, RefusedError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        err.print(f"注意 バックナンバーの記録を書けません（{content / 'issues'}）: {why}", markup=False)
        return
    if written and not quiet:
        out.print("バックナンバーの記録を書きました。次の koho build でサイトに載ります", markup=False)


def _progress(*, quiet: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, disable=quiet or not sys.stderr.isatty())


@app.command()
def progress(
    project: ProjectOption = HERE,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="終わるまで見続ける")] = False,
    as_json: JsonOption = False,
) -> None:
    """配信の進みを、必ず合計の合う人数で示します。"""
    with _database(project) as engine:
        while True:
            reports = _reports(engine)
            if as_json:
                print_json([report.as_values() for report in reports])
            else:
                for report in reports:
                    _print_line(report)
            if not follow or all(report.state != DeliveryState.SENDING for report in reports):
                return
            time.sleep(1)


@app.command()
def report(
    issue: IssueArgument,
    project: ProjectOption = HERE,
    file: Annotated[Path | None, typer.Option("--csv", help="CSVにも書き出す")] = None,
    as_json: JsonOption = False,
) -> None:
    """一つの号の結果を示します。

    受付、到達、不達、苦情、解除、除外、結果不明の数です。
    """
    with _database(project) as engine:
        found = _report(engine, "/".join(issue))
    if file is not None:
        _write_csv(found, file)
    if as_json:
        print_json(found.as_values())
        return
    _print_line(found)
    out.print(f"  候補 {found.candidates:,}人 ＝ 宛先 {found.recipients:,}人", end="")
    for name, number in found.excluded_at_freeze.items():
        out.print(f" ＋ {WORDS[name]} {number:,}人", end="")
    out.print("（合計は合っています）" if found.adds_up else "（合計が合いません。調べてください）")
    for name, number in found.facts.items():
        out.print(f"  {WORDS[name]}: {number:,}人")
    for chunk in found.unknown_chunks:
        people = chunk["size"] - chunk["excluded"]
        out.print(f"  結果不明 {chunk['id']}: {people:,}人（{chunk['reason']}）", markup=False)
    if found.unknown_chunks:
        out.print(f"  {_silence(found)}")
        out.print("  koho newsletters resolve 番号 resend|write-off --by 氏名 --reason 理由 で決めてください")
    elif found.state in _HELD:
        named = found.issue.replace("/", " ")
        out.print(f"  続ける: koho newsletters resume {named} --by 氏名 --reason 理由", markup=False)
        out.print(f"  やめる: koho newsletters stop {named} --by 氏名 --reason 理由", markup=False)


def _silence(found: Report) -> str:
    """Tell a person what it is worth that nothing was heard of the unknown."""
    if found.silence_is_evidence:
        return "確認用の一通の通知は届いているので、沈黙は「受け付けられていない」ことの手がかりになります"
    if found.canaries_sent:
        return "確認用の一通の通知がまだ届いていません。沈黙は手がかりになりません（SendGrid の画面で確かめてください）"
    return "確認用の宛先（canary）がないので、沈黙は手がかりになりません（SendGrid の画面で確かめてください）"


def _write_csv(found: Report, file: Path) -> None:
    neighbour = file.with_name(f".{file.name}.tmp")
    with neighbour.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["区分", "内訳", "人数"])
        writer.writerows((part, WORDS[name], people) for part, name, people in found.rows())
    neighbour.replace(file)


@app.command()
def pause(issue: IssueArgument, by: By, reason: Reason = "", project: ProjectOption = HERE) -> None:
    """配信を一時停止します（送信中の一件は終えます）。"""
    _change(project, issue, DeliveryState.PAUSED, by, reason)


@app.command()
def resume(issue: IssueArgument, by: By, reason: Reason = "", project: ProjectOption = HERE) -> None:
    """一時停止や確認待ちの配信を続けます。

    結果不明の分は送りません。
    """
    _change(project, issue, DeliveryState.SENDING, by, reason)


@app.command()
def stop(issue: IssueArgument, by: By, reason: Reason, project: ProjectOption = HERE) -> None:
    """配信を中止します。元に戻せません。

    まだ渡していない分は送りません。
    """
    _change(project, issue, DeliveryState.STOPPED, by, reason)


@app.command()
def resolve(
    chunk: Annotated[int, typer.Argument(help="結果不明の番号（report に出ます）")],
    decision: Annotated[Decision, typer.Argument(help="resend（もう一度送る）か write-off（送らない）")],
    by: By,
    reason: Reason,
    project: ProjectOption = HERE,
) -> None:
    """結果不明の分を、もう一度送るか送らないか決めます。

    決めたことは記録に残ります。
    """
    with _database(project) as engine:
        decide(engine, chunk, decision, who=by, why=reason, now=int(time.time()))
    out.print(f"{chunk}: {decision} と記録しました")


@app.command("adopt")
def adopt_here(
    project: ProjectOption = HERE,
    yes: Annotated[bool, typer.Option("--yes", help="元の場所が止まっていると確かめた")] = False,
) -> None:
    """よそから写した台帳を、これからここで使います。

    配信の途中の号は確認待ちになります。
    """
    if not yes:
        typer.confirm("元の場所の配信が止まっていることを確かめましたか", abort=True)
    with _database(project) as engine:
        adopt(engine, Journal(settings_of(project).project / "var"), int(time.time()))
    out.print("この場所で使えるようにしました")


@contextmanager
def _database(project: Path) -> Iterator[Engine]:
    engine = open_database(audience_url(settings_of(project)))
    try:
        yield engine
    finally:
        engine.dispose()


def _change(project: Path, named: list[str], state: DeliveryState, by: str, reason: str) -> None:
    issue = "/".join(named)
    with _database(project) as engine:
        change_state(engine, issue, state, who=by, why=reason, now=int(time.time()))
    out.print(f"{issue}: {WORDS[state]}")


def _reports(engine: Engine) -> list[Report]:
    with engine.connect() as connection:
        return [report_of(connection, row) for row in latest_deliveries(connection)]


def _report(engine: Engine, issue: str) -> Report:
    with engine.connect() as connection:
        found = find_report(connection, issue)
    if found is None:
        raise RefusedError(f"{issue}: 配信の記録がありません")
    return found


def running_lines(project: Path) -> list[str]:
    """Return a line for each delivery that is under way or waits for a person."""
    with _database(project) as engine:
        return [_line(report) for report in _reports(engine) if report.state not in OVER]


def _print_line(found: Report) -> None:
    out.print(_line(found), markup=False)


def _line(found: Report) -> str:
    people = "、".join(f"{WORDS[name]} {number:,}人" for name, number in found.people.items())
    why = f"（{WORDS.get(found.reason, found.reason)}）" if found.reason else ""
    return f"{found.issue}: {WORDS[found.state]}{why}: {people} ＝ {found.recipients:,}人"
