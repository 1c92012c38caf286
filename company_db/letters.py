"""The mails of self-update: here is your link; your proposal was accepted, or sent back with a reason."""

from __future__ import annotations

from datetime import datetime

from generator.mail.message import Letter, Sender
from generator.settings import Settings

LINK = "%%koho-link%%"


def edit_link_letter(name: str, settings: Settings, at: datetime) -> Letter:
    """Send the link to one company's edit form to its registered contact."""
    lines = [
        f"{name} 様",
        "",
        "企業データベースの掲載内容を直すページのご案内です。",
        "7日以内に次のページを開いてください。",
        LINK,
        "",
        "送っていただいた内容は、機構が確かめてから公開します。",
        "心当たりがない場合は、このメールを消してください。何も変わりません。",
    ]
    return _letter("企業データベースの掲載内容を直すページ", lines, settings, at)


def accepted_letter(name: str, settings: Settings, at: datetime) -> Letter:
    """Say that a proposal was accepted and when it shows."""
    lines = [f"{name} 様", "", "掲載内容の変更を受け付けました。次にサイトを作り直したときから公開されます。"]
    return _letter("掲載内容の変更を受け付けました", lines, settings, at)


def sent_back_letter(name: str, reason: str, settings: Settings, at: datetime) -> Letter:
    """Say why a proposal came back and how to go on."""
    lines = [
        f"{name} 様",
        "",
        "お送りいただいた掲載内容について、お直しをお願いします。",
        "",
        "■ 理由",
        *reason.splitlines(),
        "",
        f"もう一度送るときは、{settings.site_url}update/ からリンクを受け取ってください。",
    ]
    return _letter("掲載内容のお直しのお願い", lines, settings, at)


def _letter(subject: str, lines: list[str], settings: Settings, at: datetime) -> Letter:
    organization = settings.organization
    text = "\n".join(
        [*lines, "", organization.name, f"電話 {organization.telephone}（{organization.hours}）", ""]
    )
    return Letter(Sender(organization.email, organization.name), subject, text, "", at)
