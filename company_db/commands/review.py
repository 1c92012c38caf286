"""``koho companies review``: companies' own proposals, compared and decided."""

from __future__ import annotations

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
    from company_db.model import CompanyRecord
    from company_db.revisions import Revisions


def review(
    revision: Annotated[int, typer.Argument(metavar="[申請番号]", help="なければ、待っている申請の一覧")] = 0,
    project: ProjectOption = HERE,
    *,
    accept: Annotated[bool, typer.Option("--accept", help="受け入れる")] = False,
    send_back: Annotated[str, typer.Option("--send-back", metavar="理由", help="理由をつけて差し戻す")] = "",
    who: WhoOption = "",
    as_json: JsonOption = False,
) -> None:
    """企業からの変更申請を見て、受け入れるか差し戻します。"""
    from company_db.commands import opening
    from company_db.letters import accepted_letter, sent_back_letter
    from company_db.revisions import Revisions
    from company_db.store import CompanyStore

    if accept and send_back:
        raise RefusedError("--accept と --send-back は一緒に使えません")
    engine = opening.open_store(settings_of(project))
    try:
        revisions = Revisions(engine)
        if not revision:
            _list(revisions, as_json=as_json)
        elif accept:
            record = revisions.accept(revision, opening.intake(who, f"変更申請{revision}"))
            _tell(
                settings_of(project), record, accepted_letter(record.name, settings_of(project), clock.now())
            )
            out.print(f"申請{revision}を受け入れました（{record.key}）", markup=False)
        elif send_back:
            found = revisions.send_back(revision, send_back, opening.intake(who, f"変更申請{revision}"))
            if member := CompanyStore(engine).find(found.key):
                settings = settings_of(project)
                _tell(settings, member, sent_back_letter(member.name, found.reason, settings, clock.now()))
            out.print(f"申請{revision}を差し戻しました")
        else:
            _show(revisions, revision, as_json=as_json)
    finally:
        engine.dispose()


def _tell(settings: Settings, record: CompanyRecord, letter: Letter) -> None:
    """Mail the company's registered contact; a company without one is told by the office itself."""
    if not record.contact_email:
        out.print("担当者のアドレスがないため、メールは送っていません")
        return
    recipient = Recipient(
        f"review-{record.key}-{clock.now():%Y%m%d%H%M%S}", parse_address(record.contact_email).deliverable
    )
    send_one(open_mailer(settings), letter, recipient, folder="companies")


def _list(revisions: Revisions, *, as_json: bool) -> None:
    found = revisions.open()
    if as_json:
        print_json(
            [
                {"id": r.id, "key": r.key, "proposed_at": r.proposed_at, "fields": list(r.changes)}
                for r in found
            ]
        )
        return
    for each in found:
        what = f"{len(each.changes)}項目の変更" if each.changes else "内容の確認だけ"
        out.print(f"申請{each.id}: {each.key} {each.proposed_at} {what}", markup=False)
    out.print(f"待っている申請: {len(found)}件")


def _show(revisions: Revisions, identity: int, *, as_json: bool) -> None:
    from dataclasses import asdict

    found, changes = revisions.get(identity), revisions.compare(identity)
    if as_json:
        print_json({"id": found.id, "state": found.state, "changes": [asdict(c) for c in changes]})
        return
    out.print(f"申請{found.id}: {found.key} {found.proposed_at} {found.state}", markup=False)
    for change in changes:
        mark = "（申請のあとに別の変更あり）" if change.overtaken else ""
        out.print(f"{change.header}{mark}", style="bold", markup=False)
        for line in change.before.splitlines() or ["（空）"]:
            out.print(f"  - {line}", style="red", markup=False)
        for line in change.after.splitlines() or ["（空）"]:
            out.print(f"  + {line}", style="green", markup=False)
