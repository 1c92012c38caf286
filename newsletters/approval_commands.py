"""``koho newsletters``, second half: before an approver, decided, scheduled."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Annotated

import typer

from generator import clock, console
from generator.console import HERE, OnOption, ProjectOption
from generator.errors import ContentError, Problem, RefusedError, Severity
from generator.rendering.pdf import first_on_one_sheet
from generator.storage.files import write_file
from newsletters.approval import WORDS, Act
from newsletters.calendar import submit_moment
from newsletters.issue.archive import notes_since
from newsletters.issue.checks import check_issue
from newsletters.issue.entry import deadline_of
from newsletters.issue.frozen import FrozenIssue, frozen_path, load_frozen
from newsletters.paper import approval_sheets, review_lines
from newsletters.review import Review, keep_submission, review_of
from newsletters.room import MARKS, By, Day, GivenDay, Name, OfflineOption, Reason, Room, open_room, parse_day

app = typer.Typer()


@app.command("submit-for-approval")
def submit_for_approval(
    name: Name,
    by: By,
    day: Day = "",
    offline: OfflineOption = False,
    project: ProjectOption = HERE,
    on: OnOption = "",
) -> None:
    """原稿を凍結して決裁に出します。"""
    with open_room(project, on=on, count_for=name) as room:
        when = room.day(name, day)
        room.desk.refuse_unless_open(f"{name}/{when}")
        bench, issue = room.bench(name, when), room.studio.read(name, when)
        outside = None if offline else bench.ask_outside(issue, clock.now())
        for problem in check_issue(bench.inspect(issue, MARKS, outside)):
            if problem.severity is Severity.WARNING:
                console.out.print(f"注意 {problem}", markup=False)
        token = secrets.token_hex(8)
        frozen = room.studio.freeze(bench, issue, room.expected, token, outside=outside)
        keep_submission(room.settings, frozen)
        room.desk.submit_for_approval(frozen, Act(by, room.now()), author=issue.author)
        console.out.print(f"{frozen.key} 第{frozen.number}号: 回議に出しました", markup=False)
        _show(room, name, when)


@app.command()
def review(name: Name, day: Day = "", project: ProjectOption = HERE, on: OnOption = "") -> None:
    """決裁する人が見るものを示します。

    前の案との違い、宛先の数、指紋です。
    """
    with open_room(project, on=on) as room:
        _show(room, name, room.day(name, day) if day else _waiting(room, name))


@app.command()
def approve(
    name: Name,
    day: GivenDay,
    by: By,
    fingerprint: Annotated[
        str, typer.Option("--fingerprint", help="review に示された指紋（はじめの12字以上）")
    ] = "",
    on_behalf_of: Annotated[str, typer.Option("--on-behalf-of", help="代決のとき、本来の決裁者")] = "",
    project: ProjectOption = HERE,
    on: OnOption = "",
) -> None:
    """決裁します（起案者とは別の人が行います）。

    review で示された指紋が要ります。
    """
    with open_room(project, on=on) as room:
        when = parse_day(day)
        if not fingerprint:
            _show(room, name, when)
            raise RefusedError("まだ決裁していません。上の内容を確かめ、--fingerprint に指紋を書いてください")
        path = frozen_path(room.settings.content, name, when)
        act = Act(by, room.now(), on_behalf_of=on_behalf_of)
        record = room.desk.approve(load_frozen(path), act, shown=fingerprint)
        whose = f"{by}（{on_behalf_of}の代決）" if on_behalf_of else by
        console.out.print(f"{record.key}: {whose}が決裁しました", markup=False)
        console.out.print(f"次: koho newsletters schedule {name} {when} --by 氏名", markup=False)


@app.command("send-back")
def send_back(
    name: Name, day: GivenDay, by: By, reason: Reason, project: ProjectOption = HERE, on: OnOption = ""
) -> None:
    """理由を添えて起案者に差し戻します。"""
    with open_room(project, on=on) as room:
        record = room.desk.send_back(_key(name, day), Act(by, room.now(), reason))
        console.out.print(f"{record.key}: 差し戻しました（{WORDS[record.state]}）", markup=False)
        console.out.print(f"次: {record.author}さんが原稿を直し、submit-for-approval", markup=False)


@app.command()
def reject(
    name: Name, day: GivenDay, by: By, reason: Reason, project: ProjectOption = HERE, on: OnOption = ""
) -> None:
    """理由を添えて却下します。番号は欠番になります。"""
    with open_room(project, on=on) as room:
        record = room.desk.reject(_key(name, day), Act(by, room.now(), reason))
        console.out.print(f"{record.key}: 却下しました。第{record.number}号は欠番です", markup=False)


@app.command()
def cancel(
    name: Name, day: GivenDay, by: By, reason: Reason, project: ProjectOption = HERE, on: OnOption = ""
) -> None:
    """配信の始まる前の号を取りやめます。

    番号は欠番になります。
    """
    with open_room(project, on=on) as room:
        record = room.desk.cancel(_key(name, day), Act(by, room.now(), reason))
        console.out.print(f"{record.key}: 取りやめました。第{record.number}号は欠番です", markup=False)


@app.command()
def schedule(
    name: Name,
    day: GivenDay,
    by: By,
    at: Annotated[
        str, typer.Option("--at", metavar="YYYY-MM-DDTHH:MM", help="配信日時（日本時間）。省くと設定の時刻")
    ] = "",
    project: ProjectOption = HERE,
    on: OnOption = "",
) -> None:
    """決裁済みの号の配信日時を決めます。"""
    with open_room(project, on=on) as room:
        when = parse_day(day)
        newsletter = room.studio.newsletter(name)
        moment = _moment(at) if at else submit_moment(newsletter, when)
        act = Act(by, room.now())
        path = frozen_path(room.settings.content, name, when)
        frozen = room.desk.load_sendable(f"{name}/{when}", path, room.draft_bytes(name, when), act)
        _refuse_past_deadlines(room, frozen, moment)
        room.desk.schedule(frozen, newsletter, moment, act)
        _tell_changes(room, frozen)
        console.out.print(f"{name}/{when}: {moment:%Y-%m-%d %H:%M} に配信します", markup=False)


@app.command()
def reschedule(
    name: Name,
    day: GivenDay,
    by: By,
    at: Annotated[str, typer.Option("--at", metavar="YYYY-MM-DDTHH:MM", help="新しい配信日時（日本時間）")],
    project: ProjectOption = HERE,
    on: OnOption = "",
) -> None:
    """配信待ちの号の日時を変えます。

    内容が同じなら、決裁はそのままです。
    """
    schedule(name, day, by, at, project, on)


@app.command()
def sheet(name: Name, day: GivenDay, project: ProjectOption = HERE, on: OnOption = "") -> None:
    """起案・決裁の用紙を、印刷できるHTMLとPDFで作ります。"""
    with open_room(project, on=on) as room:
        when = parse_day(day)
        sheets = approval_sheets(_review(room, name, when), room.templates)
        path = room.settings.build / "sheets" / f"{name}-{when}.html"
        write_file(path, sheets[0].encode())
        console.out.print(path.as_uri(), markup=False)
        write_file(path.with_suffix(".pdf"), first_on_one_sheet(sheets))
        console.out.print(path.with_suffix(".pdf").as_uri(), markup=False)


def _show(room: Room, name: str, when: date) -> None:
    shown = _review(room, name, when)
    for line in review_lines(shown):
        console.out.print(line, markup=False)
    _tell_changes(room, shown.frozen)


def _tell_changes(room: Room, frozen: FrozenIssue) -> None:
    """The words are frozen, the world is not: an event may have been cancelled since."""
    for note in notes_since(frozen, room.bench(frozen.newsletter, frozen.issue_date).things):
        mend = f"載せ方を直すなら koho newsletters draft {frozen.newsletter} {frozen.issue_date}"
        console.out.print(f"注意 凍結のあとで変わりました: {note}{mend}", markup=False)


def _review(room: Room, name: str, when: date) -> Review:
    record = room.store.find(f"{name}/{when}")
    if record is None:
        raise RefusedError(
            f"{name}/{when}: まだ回議に出ていません。koho newsletters submit-for-approval をしてください"
        )
    return review_of(room.settings, room.store, room.studio.newsletter(name), record)


def _waiting(room: Room, name: str) -> date:
    """The issue that waits for its approver; the oldest where there are several."""
    room.studio.newsletter(name)
    days = [r.issue_date for r in room.store.records(name) if r.state == "in_review"]
    if not days:
        raise RefusedError(f"{name}: 回議中の号はありません。koho newsletters status で確かめてください")
    return days[0]


def _key(name: str, day: str) -> str:
    return f"{name}/{parse_day(day)}"


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        problem = Problem(
            "--at", 0, "", text, "日時として読めません", "2023-11-22T15:00 の形で書いてください"
        )
        raise ContentError([problem]) from None
    return moment.astimezone(clock.TOKYO) if moment.tzinfo else moment.replace(tzinfo=clock.TOKYO)


def _refuse_past_deadlines(room: Room, frozen: FrozenIssue, moment: datetime) -> None:
    """A later moment must not carry an item whose deadline has passed by then."""
    things = room.bench(frozen.newsletter, frozen.issue_date).things
    for reference in frozen.items:
        last = deadline_of(things[reference]) if reference in things else None
        if last and last < moment.date() and frozen.item_prints[reference].split("|")[1] == "":
            raise RefusedError(
                f"{frozen.key}: {reference} の締切 {last} が配信日 {moment:%Y-%m-%d} より前になります。"
                "原稿から外して、もう一度決裁を受けてください"
            )
