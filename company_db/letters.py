"""The mails of self-update, in the company's language: your link; accepted; sent back with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from company_db.model import CompanyRecord
from generator.mail.message import Letter, Sender
from generator.settings import Settings

LINK = "%%koho-link%%"


def edit_link_letter(record: CompanyRecord, language: str, settings: Settings, at: datetime) -> Letter:
    """Send the link to one company's edit form to its registered contact."""
    if language == "en":
        lines = [
            "Here is the page where you can update what the enterprise database shows of your company.",
            "Please open it within 7 days.",
            LINK,
            "",
            "Our office checks what you send before it is published.",
            "If you did not ask for this, please delete this mail. Nothing will change.",
        ]
        return _letter(record, language, "Update your company's page", lines, settings, at)
    lines = [
        "企業データベースの掲載内容を直すページのご案内です。",
        "7日以内に次のページを開いてください。",
        LINK,
        "",
        "送っていただいた内容は、機構が確かめてから公開します。",
        "心当たりがない場合は、このメールを消してください。何も変わりません。",
    ]
    return _letter(record, language, "企業データベースの掲載内容を直すページ", lines, settings, at)


def accepted_letter(record: CompanyRecord, language: str, settings: Settings, at: datetime) -> Letter:
    """Say that a proposal was accepted and where it will show."""
    page = f"{settings.site_url}{'en/' if language == 'en' else ''}companies/{record.key}/"
    if language == "en":
        lines = ["We have accepted your changes. They will show with the next update of the site.", page]
        return _letter(record, language, "Your changes were accepted", lines, settings, at)
    lines = ["掲載内容の変更を受け付けました。次にサイトを作り直したときから公開されます。", page]
    return _letter(record, language, "掲載内容の変更を受け付けました", lines, settings, at)


def sent_back_letter(
    record: CompanyRecord, reason: str, language: str, settings: Settings, at: datetime
) -> Letter:
    """Say why a proposal came back and how to go on from it."""
    if language == "en":
        lines = [
            "Thank you for what you sent us. Please change the following and send it again.",
            "",
            "* Reason",
            *reason.splitlines(),
            "",
            "To go on from what you sent, please ask for a new link here:",
            f"{settings.site_url}update/?lang=en",
        ]
        return _letter(record, language, "Please change your company's page", lines, settings, at)
    lines = [
        "お送りいただいた掲載内容について、お直しをお願いします。",
        "",
        "■ 理由",
        *reason.splitlines(),
        "",
        "次のページからリンクを受け取ると、前に送った内容の続きから直せます。",
        f"{settings.site_url}update/",
    ]
    return _letter(record, language, "掲載内容のお直しのお願い", lines, settings, at)


def _letter(
    record: CompanyRecord,
    language: str,
    subject: str,
    lines: Sequence[str],
    settings: Settings,
    at: datetime,
) -> Letter:
    office = settings.organization
    if language == "en":
        name, greeting = office.name_en, f"To {record.name_en or record.name}"
        foot = f"Telephone {office.telephone} (in Japanese, {office.hours})"
    else:
        name, greeting = office.name, f"{record.name} 様"
        foot = f"電話 {office.telephone}（{office.hours}）"
    text = "\n".join([greeting, "", *lines, "", name, foot, ""])
    return Letter(Sender(office.email, name), subject, text, "", at)
