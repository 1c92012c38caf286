"""``koho companies review``: companies' own proposals, compared and decided."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from company_db.commands.opening import WhoOption
from generator import clock
from generator.console import HERE, JsonOption, ProjectOption, out, print_json, settings_of
from generator.errors import RefusedError
from generator.mail.address import parse_address
from generator.mail.choice import open_mailer
from generator.mail.mailer import send_one
from generator.mail.message import Letter, Recipient
from generator.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from company_db.comparison import ProposedChange
    from company_db.revisions import Revisions

STATES = {
    "proposed": "待っています",
    "accepted": "受け入れ済み",
    "sent_back": "差し戻し済み",
    "withdrawn": "取り下げ",
}


def review(
    revision: Annotated[int, typer.Argument(metavar="[申請番号]", help="なければ、待っている申請の一覧")] = 0,
    project: ProjectOption = HERE,
    *,
    accept: Annotated[bool, typer.Option("--accept", help="受け入れる")] = False,
    send_back: Annotated[str, typer.Option("--send-back", metavar="理由", help="理由をつけて差し戻す")] = "",
    photos: Annotated[
        Path | None, typer.Option("--photos", metavar="フォルダー", help="申請の写真を書き出して見る")
    ] = None,
    who: WhoOption = "",
    as_json: JsonOption = False,
) -> None:
    """企業からの変更申請を見て、受け入れるか差し戻します。"""
    from company_db.commands import opening
    from company_db.revisions import Revisions

    if accept and send_back:
        raise RefusedError("--accept と --send-back は一緒に使えません")
    settings = settings_of(project)
    engine = opening.open_store(settings)
    try:
        if not revision:
            _list(engine, as_json=as_json)
        elif accept:
            _accept(engine, settings, revision, who)
        elif send_back:
            _send_back(engine, settings, revision, send_back, who)
        else:
            _show(Revisions(engine), revision, as_json=as_json)
            _write_photos(engine, revision, photos)
    finally:
        engine.dispose()


def _accept(engine: Engine, settings: Settings, number: int, who: str) -> None:
    from company_db.commands import opening
    from company_db.letters import accepted_letter
    from company_db.revisions import Revisions
    from company_db.store import CompanyStore

    found = Revisions(engine).get(number)
    before = CompanyStore(engine).find(found.key)
    record = Revisions(engine).accept(number, opening.intake(who, f"変更申請{number}"))
    letter = accepted_letter(record, found.language, settings, clock.now())
    addresses = {
        record.contact_email,
        before.contact_email if before else "",
    }  # a change of contact is told to both
    _tell(settings, f"accepted-{number}", addresses, letter)
    out.print(f"申請{number}を受け入れました（{record.key}）。koho build で公開されます", markup=False)


def _send_back(engine: Engine, settings: Settings, number: int, reason: str, who: str) -> None:
    from company_db.commands import opening
    from company_db.letters import sent_back_letter
    from company_db.revisions import Revisions
    from company_db.store import CompanyStore

    found = Revisions(engine).send_back(number, reason, opening.intake(who, f"変更申請{number}"))
    if record := CompanyStore(engine).find(found.key):
        letter = sent_back_letter(record, found.reason, found.language, settings, clock.now())
        _tell(settings, f"sent-back-{number}", {record.contact_email}, letter)
    out.print(f"申請{number}を差し戻しました")


def _tell(settings: Settings, identity: str, addresses: set[str], letter: Letter) -> None:
    """Mail the registered contact; a company without one is told by the office itself."""
    found = sorted(filter(None, addresses))
    if not found:
        out.print("担当者のアドレスがないため、メールは送っていません")
    for place, address in enumerate(found):
        recipient = Recipient(f"review-{identity}-{place}", parse_address(address).deliverable)
        send_one(open_mailer(settings), letter, recipient, folder="companies")


def _list(engine: Engine, *, as_json: bool) -> None:
    from company_db.revisions import Revisions
    from company_db.store import CompanyStore

    found = Revisions(engine).open()
    if as_json:
        print_json(
            [
                {"id": r.id, "key": r.key, "proposed_at": r.proposed_at, "fields": list(r.changes)}
                for r in found
            ]
        )
        return
    for each in found:
        record = CompanyStore(engine).find(each.key)
        what = f"{len(each.changes)}項目の変更" if each.changes else "内容の確認だけ"
        out.print(
            f"申請{each.id}: {each.key} {record.name if record else ''} {each.proposed_at} {what}",
            markup=False,
        )
    out.print(f"待っている申請: {len(found)}件")


def _show(revisions: Revisions, identity: int, *, as_json: bool) -> None:
    found, changes = revisions.get(identity), revisions.compare(identity)
    if as_json:
        print_json(
            {
                "id": found.id,
                "key": found.key,
                "state": found.state,
                "language": found.language,
                "proposed_at": found.proposed_at,
                "reason": found.reason,
                "changes": [asdict(c) for c in changes],
            }
        )
        return
    out.print(f"申請{found.id}: {found.key} {found.proposed_at} {STATES[found.state]}", markup=False)
    for change in changes:
        _show_change(change)
    if any(change.field == "contact_email" for change in changes):
        out.print("連絡先メールが変わります。受け入れる前に、会社へ電話で確かめてください", style="yellow")


def _show_change(change: ProposedChange) -> None:
    """Print a field's lines: what goes in red, what comes in green, what stays as it is."""
    from difflib import ndiff

    mark = "（申請のあとに別の変更あり）" if change.overtaken else ""
    out.print(f"{change.header}{mark}", style="bold", markup=False)
    lines = ndiff(change.before.splitlines() or ["（空）"], change.after.splitlines() or ["（空）"])
    styles = {"-": "red", "+": "green", " ": "dim"}
    for line in lines:
        if line[0] in styles:
            out.print(f"  {line}", style=styles[line[0]], markup=False)


def _write_photos(engine: Engine, number: int, folder: Path | None) -> None:
    """Write the photos of a proposal for the one who reviews it."""
    from company_db.photos import PhotoStore
    from company_db.revisions import Revisions
    from generator.storage.files import write_file

    found = Revisions(engine).get(number)
    _, after = found.changes.get("photos", (None, None))
    if folder is None and after:
        out.print(f"写真を見る: koho companies review {number} --photos フォルダー", markup=False)
    for place, part in enumerate(after or [] if folder else [], start=1):
        photo = PhotoStore(engine).find(found.key, part["digest"])
        if folder and photo:
            path = folder / f"{place}-{part['digest'][:8]}.webp"
            write_file(path, photo.large)
            out.print(f"{path}: {part['alt']}", markup=False)
