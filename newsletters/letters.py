"""The mails around a subscription: please confirm, and here is your link. Neither is bulk mail."""

from __future__ import annotations

from datetime import datetime

from generator.mail.message import Letter, Sender
from generator.settings import Settings

LINK = "%%koho-link%%"


def confirm_letter(titles: tuple[str, ...], language: str, settings: Settings, at: datetime) -> Letter:
    """Ask the owner of a mailbox to press the button; it says what was asked for and that silence ends it."""
    if language == "en":
        lines = [
            "Someone asked us to send the following newsletters to this address:",
            "",
            *(f"  - {title}" for title in titles),
            "",
            "To start, open this page within 7 days and press the button:",
            LINK,
            "",
            "If it was not you, do nothing: we will not write again.",
        ]
        return _letter("Please confirm your subscription", lines, language, settings, at)
    lines = [
        "次のメールマガジンの登録を受け付けました。",
        "",
        *(f"■ {title}" for title in titles),
        "",
        "7日以内に次のページを開き、ボタンを押すと登録が終わります。",
        LINK,
        "",
        "心当たりのない方は、何もしないでください。登録は行われません。",
    ]
    return _letter("メールマガジン登録の確認", lines, language, settings, at)


def link_letter(language: str, settings: Settings, at: datetime) -> Letter:
    """Send the link to one's choices, to a mailbox that is subscribed already."""
    if language == "en":
        lines = ["You can change your topics or unsubscribe here:", LINK]
        return _letter("Your newsletter settings", lines, language, settings, at)
    lines = [
        "このアドレスは、すでに登録されています。",
        "希望の分野の変更と配信の停止は、次のページでできます。",
        LINK,
    ]
    return _letter("メールマガジンの設定のページ", lines, language, settings, at)


def _letter(subject: str, lines: list[str], language: str, settings: Settings, at: datetime) -> Letter:
    organization = settings.organization
    name = organization.name_en if language == "en" else organization.name
    address = organization.address_en if language == "en" else organization.address
    telephone = f"Tel. {organization.telephone}" if language == "en" else f"電話 {organization.telephone}"
    text = "\n".join([*lines, "", name, address, telephone, ""])
    return Letter(Sender(organization.email, name), subject, text, "", at)
