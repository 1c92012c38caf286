"""``koho newsletters``, at a glance: the year's dates, and where the issues of the next weeks stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from generator import clock, console
from generator.console import HERE, JsonOption, OnOption, ProjectOption
from newsletters.declaration import load_newsletters
from newsletters.delivery.commands import running_lines
from newsletters.issue.entry import day_words
from newsletters.pipeline import Stage, calendar_days, stages
from newsletters.room import open_room

app = typer.Typer()


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
