"""``koho newsletters``: from the calendar to an approved, scheduled issue."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from generator import clock, console, discovery
from generator.console import HERE, JsonOption, OnOption, ProjectOption, QuietOption
from generator.errors import ContentError, ExitCode, Problem, RefusedError, Severity
from generator.mail.choice import open_mailer
from generator.rendering.pdf import html_to_pdf
from generator.rendering.templates import Templates
from generator.settings import Settings
from generator.storage.database import open_database
from generator.storage.files import write_file
from generator.storage.migrations import upgrade
from newsletters.approval import WORDS, Act, ApprovalDesk
from newsletters.audience_count import count_audience
from newsletters.calendar import submit_moment, year_slots
from newsletters.declaration import load_newsletters
from newsletters.delivery.commands import app as delivery_app
from newsletters.issue.checks import check_issue
from newsletters.issue.draft import draft_path
from newsletters.issue.entry import deadline_of
from newsletters.issue.frozen import FrozenIssue, frozen_path, load_frozen
from newsletters.issue.rendering import Marks
from newsletters.paper import approval_sheet, write_preview
from newsletters.sample import SAMPLE_ADDRESSES, Sample, submit_sample
from newsletters.store import IssueStore, Record
from newsletters.studio import Bench, Studio
from newsletters.tables import audience_url, schema

app = typer.Typer(help="メールマガジン: 発行日、起案、下見、決裁、予約、配信", no_args_is_help=True)
app.add_typer(delivery_app)

Name = Annotated[str, typer.Argument(metavar="NAME", help="メールマガジンの名前（content/newsletters.yml）")]
Day = Annotated[str, typer.Argument(metavar="[DATE]", help="発行日。省くと次の発行日")]
By = Annotated[str, typer.Option("--by", help="操作する人の氏名")]
Reason = Annotated[str, typer.Option("--reason", help="理由")]
MARKS = Marks("%%preview:unsubscribe%%", "%%preview:manage%%")


@dataclass(frozen=True)
class Room:
    """What every command works with."""

    settings: Settings
    store: IssueStore
    studio: Studio
    desk: ApprovalDesk
    expected: dict[str, int]

    def day(self, name: str, text: str) -> date:
        """Return the issue date that was asked for, or the next one."""
        if not text:
            return self.studio.next_date(self.studio.newsletter(name), self.settings.as_of())
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ContentError(
                [Problem("DATE", 0, "", text, "日付として読めません", "2023-11-22 の形で書いてください")]
            ) from None

    def bench(self, name: str, day: date) -> Bench:
        """Lay out the Library of an issue's day."""
        return self.studio.bench(self.studio.newsletter(name), day)

    def frozen(self, name: str, day: date) -> FrozenIssue:
        """Read the frozen form of an issue."""
        return load_frozen(frozen_path(self.settings.content, name, day))


@contextmanager
def open_room(project: Path, *, on: str = "", count_for: str = "") -> Iterator[Room]:
    """Open the audience database (bringing it up to date) and the studio for one command."""
    settings = console.settings_of(project, on=on)
    upgrade(schema, settings)
    engine = open_database(audience_url(settings))
    try:
        store = IssueStore(engine)
        studio = Studio(settings, discovery.sources(), store)
        expected = count_audience(engine, studio.newsletter(count_for)) if count_for else {}
        yield Room(settings, store, studio, ApprovalDesk(store), expected)
    finally:
        engine.dispose()


def _now(settings: Settings) -> datetime:
    """The moment in the settings' world: a sample that lives in 2023 is also scheduled in 2023."""
    present = clock.now()
    return datetime.combine(settings.on, present.timetz()) if settings.on else present


@app.command("calendar")
def show_calendar(
    year: Annotated[int, typer.Option("--year", help="年度（西暦）")] = 0,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """一年度の発行日と番号を、休日の繰り下げとともに示します。"""
    with open_room(project) as room:
        year = year or clock.fiscal_year(room.settings.as_of())
        rows = []
        for newsletter in load_newsletters(room.settings):
            slots = year_slots(newsletter, year, room.studio.taken_numbers(newsletter.name))
            rows += [
                {
                    "newsletter": newsletter.name,
                    "number": slot.number,
                    "date": slot.issue_date.isoformat(),
                    "by_rule": slot.rule_date.isoformat(),
                    "shifted": slot.shifted,
                }
                for slot in slots
            ]
            if not as_json:
                console.out.print(f"{newsletter.title}（{newsletter.name}） {year}年度 {len(slots)}回")
                for slot in slots:
                    moved = f"  {slot.rule_date} から（{slot.shifted}）" if slot.shifted else ""
                    console.out.print(
                        f"  {slot.issue_date} {'月火水木金土日'[slot.issue_date.weekday()]} 第{slot.number}号{moved}"
                    )
        if as_json:
            console.print_json(rows)


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
    """載せる記事を選び、原稿を書く。すでにある原稿は、書き足した言葉を残したまま更新します。"""
    with open_room(project, on=on) as room:
        when = room.day(name, day)
        corrected = room.day(name, corrects) if corrects else None
        path = room.studio.draft(room.bench(name, when), when, author=author, corrects=corrected)
        issue = room.studio.read(name, when)
        console.out.print(f"第{issue.number}号 {when}: 記事 {len(issue.references)} 件")
        console.out.print(str(path.relative_to(room.settings.project)), markup=False)


@app.command()
def preview(name: Name, day: Day = "", project: ProjectOption = HERE, on: OnOption = "") -> None:
    """HTML・テキスト・ウェブの三つの顔を、版ごとに並べて見るページを作ります。"""
    with open_room(project, on=on) as room:
        when = room.day(name, day)
        inspection = room.bench(name, when).inspect(room.studio.read(name, when), MARKS)
        problems = check_issue(inspection)
        folder = room.settings.build / "preview" / name / str(when)
        page = write_preview(folder, inspection, problems, Templates([room.settings.templates]))
        console.out.print(f"版 {len(inspection.typeset.faces)}、確かめること {len(problems)} 件")
        console.out.print(page.as_uri(), markup=False)


@app.command()
def check(
    name: Name, day: Day = "", project: ProjectOption = HERE, on: OnOption = "", as_json: JsonOption = False
) -> None:
    """決裁に出せるかを調べ、直すところをすべて示します。"""
    with open_room(project, on=on) as room:
        when = room.day(name, day)
        problems = check_issue(room.bench(name, when).inspect(room.studio.read(name, when), MARKS))
    errors = sum(p.severity is Severity.ERROR for p in problems)
    if as_json:
        console.print_json([vars_of(p) for p in problems])
    else:
        for problem in problems:
            console.out.print(
                f"{'誤り' if problem.severity is Severity.ERROR else '注意'} {problem}", markup=False
            )
        console.out.print(f"誤り {errors} 件、注意 {len(problems) - errors} 件")
    if errors:
        raise typer.Exit(ExitCode.PROBLEMS)


def vars_of(problem: Problem) -> dict[str, object]:
    """Return a problem as a program reads it."""
    return {name: getattr(problem, name) for name in Problem.__slots__}


@app.command("submit-for-approval")
def submit_for_approval(
    name: Name, by: By, day: Day = "", project: ProjectOption = HERE, on: OnOption = ""
) -> None:
    """原稿を凍結して決裁に出す。指紋と宛先の見込みを示します。"""
    with open_room(project, on=on, count_for=name) as room:
        when = room.day(name, day)
        bench = room.bench(name, when)
        issue = room.studio.read(name, when)
        frozen = room.studio.freeze(bench, issue, room.expected, secrets.token_hex(8))
        room.desk.submit_for_approval(frozen, Act(by, _now(room.settings)))
        console.out.print(
            f"{frozen.key} 第{frozen.number}号: 回議に出しました。宛先の見込み {sum(frozen.expected.values()):,} 人"
        )
        console.out.print(f"指紋 {frozen.fingerprint}")


@app.command()
def approve(
    name: Name,
    day: Day,
    by: By,
    fingerprint: Annotated[str, typer.Option("--fingerprint", help="画面に示された指紋（はじめの12字以上）")],
    on_behalf_of: Annotated[str, typer.Option("--on-behalf-of", help="代決のとき、本来の決裁者")] = "",
    project: ProjectOption = HERE,
    on: OnOption = "",
) -> None:
    """決裁する。起案者とは別の人が、示された指紋を確かめて行います。"""
    with open_room(project, on=on) as room:
        frozen = room.frozen(name, room.day(name, day))
        act = Act(by, _now(room.settings), on_behalf_of=on_behalf_of)
        room.desk.approve(frozen, act, shown=fingerprint)
        console.out.print(f"{frozen.key}: 決裁しました")


@app.command("send-back")
def send_back(
    name: Name, day: Day, by: By, reason: Reason, project: ProjectOption = HERE, on: OnOption = ""
) -> None:
    """理由を添えて起案者に差し戻します。"""
    _decide(project, on, name, day, Act(by, clock.now(), reason), "send_back")


@app.command()
def reject(
    name: Name, day: Day, by: By, reason: Reason, project: ProjectOption = HERE, on: OnOption = ""
) -> None:
    """理由を添えて却下します。番号は欠番になります。"""
    _decide(project, on, name, day, Act(by, clock.now(), reason), "reject")


@app.command()
def cancel(
    name: Name, day: Day, by: By, reason: Reason, project: ProjectOption = HERE, on: OnOption = ""
) -> None:
    """宛先を確定する前の号を取りやめます。"""
    _decide(project, on, name, day, Act(by, clock.now(), reason), "cancel")


def _decide(project: Path, on: str, name: str, day: str, act: Act, what: str) -> None:
    with open_room(project, on=on) as room:
        key = f"{name}/{room.day(name, day)}"
        act = Act(act.who, _now(room.settings), act.reason)
        deeds = {"send_back": room.desk.send_back, "reject": room.desk.reject, "cancel": room.desk.cancel}
        record = deeds[what](key, act)
        console.out.print(f"{key}: {WORDS[record.state]}")


@app.command()
def schedule(
    name: Name,
    day: Day,
    by: By,
    at: Annotated[
        str, typer.Option("--at", metavar="YYYY-MM-DDTHH:MM", help="配信日時（日本時間）。省くと設定の時刻")
    ] = "",
    project: ProjectOption = HERE,
    on: OnOption = "",
) -> None:
    """決裁済みの号の配信日時を決める。二度目からは変更（reschedule）になります。"""
    with open_room(project, on=on) as room:
        when = room.day(name, day)
        newsletter = room.studio.newsletter(name)
        moment = (
            datetime.fromisoformat(at).replace(tzinfo=clock.TOKYO) if at else submit_moment(newsletter, when)
        )
        source = draft_path(room.settings.content, name, when)
        draft_bytes = source.read_bytes() if source.exists() else None
        act = Act(by, _now(room.settings))
        path = frozen_path(room.settings.content, name, when)
        frozen = room.desk.load_sendable(f"{name}/{when}", path, draft_bytes, act)
        _refuse_past_deadlines(room, frozen, moment)
        room.desk.schedule(frozen, newsletter, moment, act)
        console.out.print(f"{name}/{when}: {moment:%Y-%m-%d %H:%M} に配信します")


app.command("reschedule")(schedule)


def _refuse_past_deadlines(room: Room, frozen: FrozenIssue, moment: datetime) -> None:
    """A later moment must not carry an item whose deadline has passed by then."""
    things = room.bench(frozen.newsletter, frozen.issue_date).things
    for reference in frozen.items:
        last = deadline_of(things[reference]) if reference in things else None
        if last and last < moment.date() and frozen.item_prints[reference].split("|")[1] == "":
            raise RefusedError(
                f"{frozen.key}: {reference} の締切 {last} が配信日 {moment:%Y-%m-%d} より前になります"
            )


@app.command()
def status(
    weeks: Annotated[int, typer.Option("--weeks", help="何週先まで")] = 4,
    project: ProjectOption = HERE,
    on: OnOption = "",
    as_json: JsonOption = False,
) -> None:
    """これから数週間の号がどこにあり、だれが何をする番かを示します。"""
    with open_room(project, on=on) as room:
        rows = list(_pipeline(room, weeks))
    if as_json:
        console.print_json(rows)
        return
    for row in rows:
        console.out.print("{date} {title} 第{number}号 {state} → {next}".format(**row), markup=False)


def _pipeline(room: Room, weeks: int) -> Iterator[dict[str, object]]:
    on = room.settings.as_of()
    for newsletter in load_newsletters(room.settings):
        numbers = room.studio.taken_numbers(newsletter.name)
        records = {r.issue_date: r for r in room.store.records(newsletter.name)}
        slots = [
            s
            for y in (clock.fiscal_year(on), clock.fiscal_year(on) + 1)
            for s in year_slots(newsletter, y, numbers)
        ]
        for slot in slots:
            if on <= slot.issue_date <= on + timedelta(weeks=weeks):
                record = records.get(slot.issue_date)
                has_draft = draft_path(room.settings.content, newsletter.name, slot.issue_date).exists()
                yield {
                    "date": slot.issue_date.isoformat(),
                    "newsletter": newsletter.name,
                    "title": newsletter.title,
                    "number": slot.number,
                    "state": WORDS[record.state] if record else ("起案中" if has_draft else "未着手"),
                    "next": _next_step(record, has_draft=has_draft),
                }


_NEXT = {
    "draft": "起案者: 直して submit-for-approval",
    "in_review": "決裁者: 確かめて approve か send-back",
    "approved": "担当: schedule",
    "scheduled": "待つだけ",
    "submitted": "なし",
    "cancelled": "なし",
    "failed": "担当: 配信の記録を確かめる",
}


def _next_step(record: Record | None, *, has_draft: bool) -> str:
    if record is None:
        return "起案者: 確かめて submit-for-approval" if has_draft else "起案者: draft"
    return _NEXT.get(record.state, "配信中")


@app.command()
def sheet(name: Name, day: Day, project: ProjectOption = HERE, on: OnOption = "") -> None:
    """起案・決裁の用紙を、印刷できるHTMLとPDFで作ります。"""
    with open_room(project, on=on) as room:
        when = room.day(name, day)
        frozen = room.frozen(name, when)
        record = room.store.find(frozen.key)
        if record is None:
            raise RefusedError(f"{frozen.key}: まだ回議に出ていません")
        earlier = [r for r in room.store.records(name) if r.issue_date < when and r.approved_fingerprint]
        before = room.frozen(name, earlier[-1].issue_date) if earlier else None
        html = approval_sheet(
            frozen,
            record,
            room.store.steps(frozen.key),
            before,
            newsletter=room.studio.newsletter(name),
            templates=Templates([room.settings.templates]),
        )
        path = room.settings.build / "sheets" / f"{name}-{when}.html"
        write_file(path, html.encode())
        path.with_suffix(".pdf").write_bytes(html_to_pdf(html))
        console.out.print(path.as_uri(), markup=False)


@app.command("test-send")
def send_test(
    name: Name,
    to: Annotated[list[str], typer.Option("--to", help="宛先（許可した宛先だけ）")],
    day: Day = "",
    project: ProjectOption = HERE,
    on: OnOption = "",
) -> None:
    """許可した宛先（settings.toml の options.test_addresses）だけに試し送りします。"""
    with open_room(project, on=on) as room:
        allowed = set(room.settings.options.get("test_addresses", ()))
        if refused := [a for a in to if a not in allowed]:
            raise RefusedError(
                f"試し送りが許されていない宛先が {len(refused)} 件あります。options.test_addresses に書いてください"
            )
        made = _submit(room, name, room.day(name, day), tuple(to))
        console.out.print(f"試し送り {made} 通")


@app.command()
def compose(
    name: Name, day: Day = "", project: ProjectOption = HERE, on: OnOption = "", quiet: QuietOption = False
) -> None:
    """次の号を見本の読者あてに組み、outbox に一人一通のメールとして置きます。原稿がなければ選んだまま組みます。"""
    with open_room(project, on=on) as room:
        when = room.day(name, day)
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
