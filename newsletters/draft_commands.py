"""``koho newsletters``: from the draft to an issue that can go before its approver."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer

from generator import clock, console
from generator.console import HERE, JsonOption, OnOption, ProjectOption, QuietOption
from generator.errors import ExitCode, Problem, RefusedError, Severity
from generator.mail.choice import open_mailer
from newsletters.approval import UNSENT
from newsletters.calendar import submit_moment
from newsletters.issue.checks import check_issue
from newsletters.issue.draft import draft_path
from newsletters.issue.outside import answers_path, read_answers
from newsletters.paper import write_preview
from newsletters.room import MARKS, Day, Name, OfflineOption, Room, open_room
from newsletters.sample import SAMPLE_ADDRESSES, Sample, submit_sample

app = typer.Typer()


@app.command()
def draft(
    name: Name,
    day: Day = "",
    author: Annotated[str, typer.Option("--by", help="起案者の氏名")] = "",
    corrects: Annotated[
        str, typer.Option("--corrects", metavar="DATE", help="この発行日の号の訂正号を作る")
    ] = "",
    project: ProjectOption = HERE,
    on: OnOption = "",
) -> None:
    """記事を選び、原稿を書きます。

    すでにある原稿に書き足した言葉は残ります。
    """
    with open_room(project, on=on) as room:
        when = room.day(name, day)
        corrected = room.day(name, corrects) if corrects else None
        had_draft = draft_path(room.settings.content, name, when).exists()
        path = room.studio.draft(room.bench(name, when), when, author=author, corrects=corrected)
        issue = room.studio.read(name, when)
        done = "更新しました。書き足した言葉はそのままです" if had_draft else "書きました"
        console.out.print(f"第{issue.number}号（{when}）: 記事 {len(issue.references)} 件の原稿を{done}")
        console.out.print(str(path.relative_to(room.settings.project)), markup=False)
        console.out.print(f"次: 原稿を直して koho newsletters preview {name} {when}", markup=False)


@app.command()
def preview(name: Name, day: Day = "", project: ProjectOption = HERE, on: OnOption = "") -> None:
    """三つの顔を、版ごとに並べて見るページを作ります。"""
    with open_room(project, on=on) as room:
        when = room.day(name, day, states=UNSENT)
        known = read_answers(answers_path(room.settings)) or None
        inspection = room.bench(name, when).inspect(room.studio.read(name, when), MARKS, known)
        problems = check_issue(inspection)
        folder = room.settings.build / "preview" / name / str(when)
        page = write_preview(folder, inspection, problems, room.templates)
        console.out.print(f"版 {len(inspection.typeset.faces)}、{_tally(problems)}")
        console.out.print(page.as_uri(), markup=False)


@app.command()
def check(
    name: Name,
    day: Day = "",
    offline: OfflineOption = False,
    project: ProjectOption = HERE,
    on: OnOption = "",
    as_json: JsonOption = False,
) -> None:
    """決裁に出せるかを調べ、直すところを示します。"""
    with open_room(project, on=on) as room:
        when = room.day(name, day, states=UNSENT)
        bench, issue = room.bench(name, when), room.studio.read(name, when)
        outside = None if offline else bench.ask_outside(issue, clock.now())
        problems = [
            *room.studio.number_problems(bench.newsletter, issue),
            *check_issue(bench.inspect(issue, MARKS, outside)),
        ]
    errors = sum(p.severity is Severity.ERROR for p in problems)
    if as_json:
        console.print_json([vars_of(p) for p in problems])
    else:
        for problem in problems:
            console.out.print(
                f"{'誤り' if problem.severity is Severity.ERROR else '注意'} {problem}", markup=False
            )
        console.out.print(_tally(problems))
        if not errors:
            console.out.print(
                f"次: koho newsletters submit-for-approval {name} {when} --by 氏名", markup=False
            )
    if errors:
        raise typer.Exit(ExitCode.PROBLEMS)


def _tally(problems: Sequence[Problem]) -> str:
    errors = sum(p.severity is Severity.ERROR for p in problems)
    return f"誤り {errors} 件、注意 {len(problems) - errors} 件"


def vars_of(problem: Problem) -> dict[str, object]:
    """Return a problem as a program reads it."""
    return {name: getattr(problem, name) for name in Problem.__slots__}


@app.command("test-send")
def send_test(
    name: Name,
    to: Annotated[list[str], typer.Option("--to", help="宛先（許可した宛先だけ）")],
    day: Day = "",
    project: ProjectOption = HERE,
    on: OnOption = "",
) -> None:
    """許可した宛先だけに試し送りします。"""
    with open_room(project, on=on) as room:
        allowed = set(room.settings.options.get("test_addresses", ()))
        if refused := [a for a in to if a not in allowed]:
            raise RefusedError(
                f"試し送りが許されていない宛先が {len(refused)} 件あります。"
                'settings.toml の [options] に test_addresses = ["…"] と書いてください'
            )
        when = room.day(name, day, states=UNSENT)
        made = _submit(room, name, when, tuple(to))
        where = f"（{room.settings.outbox / f'{name}-{when}'}）" if room.settings.mailer == "outbox" else ""
        console.out.print(f"試し送り {made} 通{where}", markup=False)


@app.command()
def compose(
    name: Name, day: Day = "", project: ProjectOption = HERE, on: OnOption = "", quiet: QuietOption = False
) -> None:
    """次の号を組み、見本のメールを outbox に置きます。



    原稿がなければ、選んだ記事のまま組みます。だれにも送りません。
    """
    with open_room(project, on=on) as room:
        when = room.day(name, day, states=UNSENT)
        made = _submit(room, name, when, SAMPLE_ADDRESSES)
        if not quiet:
            number = room.studio.number_of(room.studio.newsletter(name), when)
            console.out.print(
                f"{room.studio.newsletter(name).title} 第{number}号（{when}）: 見本のメール {made} 通"
            )
            console.out.print(str(room.settings.outbox / f"{name}-{when}"), markup=False)


def _submit(room: Room, name: str, when: date, addresses: tuple[str, ...]) -> int:
    bench = room.bench(name, when)
    has_draft = draft_path(room.settings.content, name, when).exists()
    issue = room.studio.read(name, when) if has_draft else room.studio.select(bench, when)
    faces = bench.typeset(issue, MARKS).faces
    if not faces:
        raise RefusedError(f"{name}/{when}: 載せるものがありません")
    sample = Sample(issue, bench.newsletter, room.settings, MARKS, submit_moment(bench.newsletter, when))
    mailer = open_mailer(room.settings)
    try:
        return submit_sample(sample, faces, addresses, mailer)
    finally:
        mailer.close()
