"""``koho newsletters``: from the calendar to an issue that can go before its approver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from generator import clock, console
from generator.console import HERE, JsonOption, OnOption, ProjectOption, QuietOption
from generator.errors import ExitCode, Problem, RefusedError, Severity
from generator.mail.choice import open_mailer
from newsletters.approval import UNSENT
from newsletters.approval_commands import app as approval_app
from newsletters.calendar import submit_moment
from newsletters.declaration import load_newsletters
from newsletters.delivery.commands import app as delivery_app
from newsletters.delivery.commands import running_lines
from newsletters.issue.checks import check_issue
from newsletters.issue.draft import draft_path
from newsletters.issue.entry import day_words
from newsletters.issue.outside import answers_path, read_answers
from newsletters.paper import write_preview
from newsletters.pipeline import Stage, calendar_days, stages
from newsletters.room import MARKS, Day, Name, OfflineOption, Room, open_room
from newsletters.sample import SAMPLE_ADDRESSES, Sample, submit_sample

app = typer.Typer(help="メールマガジン: 発行日、起案、下見、決裁、予約、配信", no_args_is_help=True)


@app.command("calendar")
def show_calendar(
    year: Annotated[int, typer.Option("--year", help="年度（西暦）")] = 0,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """一年度の発行日、番号、休日の繰り下げを示します。"""
    with open_room(project) as room:
        year = year or clock.fiscal_year(room.settings.as_of())
        listed = [
            (newsletter, list(calendar_days(room.studio, room.store, newsletter, year)))
            for newsletter in load_newsletters(room.settings)
        ]
    if as_json:
        rows = [{"newsletter": newsletter.name, **asdict(day)} for newsletter, days in listed for day in days]
        console.print_json(rows)
        return
    for newsletter, days in listed:
        count = sum(day.number > 0 and not day.corrects for day in days)
        corrections = sum(bool(day.corrects) for day in days)
        more = f"（ほかに訂正号 {corrections}回）" if corrections else ""
        console.out.print(f"{newsletter.title}（{newsletter.name}） {year}年度 {count}回{more}", markup=False)
        for day in days:
            number = f"第{day.number}号" if day.number else "（発行せず）"
            moved = f"{day.by_rule.month}月{day.by_rule.day}日から（{day.shifted}）" if day.shifted else ""
            empty = f"送らない版: {'、'.join(day.not_sent)}" if day.not_sent else ""
            corrected = f"{day.corrects}の号の訂正号" if day.corrects else ""
            notes = [note for note in (day.state, corrected, moved, empty) if note]
            console.out.print(f"  {_day(day.day)} {number}  {'  '.join(notes)}".rstrip(), markup=False)


def _day(day: date) -> str:
    return f"{day}（{'月火水木金土日'[day.weekday()]}）"


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


@app.command()
def status(
    weeks: Annotated[int, typer.Option("--weeks", help="何週先まで")] = 4,
    project: ProjectOption = HERE,
    on: OnOption = "",
    as_json: JsonOption = False,
) -> None:
    """号の進みと、次にだれが何をするかを示します。

    これから数週間の号を並べます。
    """
    with open_room(project, on=on) as room:
        today = room.settings.as_of()
        rows = [
            stage
            for newsletter in load_newsletters(room.settings)
            for stage in stages(
                room.studio,
                room.store,
                newsletter,
                on=today,
                weeks=weeks,
            )
        ]
    rows.sort(key=lambda stage: (stage.day, stage.newsletter))
    if as_json:
        console.print_json([asdict(stage) for stage in rows])
        return
    console.out.print(f"{day_words(today)}から{weeks}週間の号")
    for line in (line for stage in rows for line in _stage_lines(stage)):
        console.out.print(line, markup=False)
    for line in running_lines(project):
        console.out.print(f"配信: {line}", markup=False)


def _stage_lines(stage: Stage) -> Iterator[str]:
    left = f"あと{stage.days_left}日" if stage.days_left >= 0 else f"{-stage.days_left}日過ぎています"
    yield f"{_day(stage.day)} {stage.title} 第{stage.number}号  {stage.state}（{left}）"
    if stage.command:
        missing = f"{stage.missing}がまだです。" if stage.missing else ""
        yield f"    {missing}{stage.who}: {stage.command}"


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


app.add_typer(approval_app)
app.add_typer(delivery_app)
