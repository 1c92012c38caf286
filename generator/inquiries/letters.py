"""The mails of an inquiry: one to the office, one that thanks the sender."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from generator.inquiries.store import Inquiry
from generator.inquiries.subjects import Subject
from generator.mail.message import Letter, Sender
from generator.settings import Settings


def office_letter(
    number: int, asked: Inquiry, subjects: Sequence[Subject], settings: Settings, at: datetime
) -> Letter:
    """Tell the office everything; Reply goes to the person who asked."""
    organization = settings.organization
    lines = [
        f"サイトから問い合わせがありました（受付番号 {number}）。",
        "",
        f"名前: {asked.name}",
        f"会社・団体: {asked.company or '―'}",
        f"国・地域: {asked.country or '―'}",
        f"メール: {asked.address}",
        f"電話: {asked.telephone or '―'}",
        f"言語: {'英語' if asked.language == 'en' else '日本語'}",
        "",
        "■ 何について",
        *([f"- {s.title} {settings.site_url}{s.address}" for s in subjects] or ["（指定なし）"]),
        "",
        "■ 内容",
        asked.message,
    ]
    subject = f"【問い合わせ {number}】" + (subjects[0].title if subjects else "サイトから")
    if len(subjects) > 1:
        subject += f" ほか{len(subjects) - 1}件"
    sender = Sender(organization.email, organization.name)
    return Letter(sender, subject, "\n".join(lines) + "\n", "", at, reply_to=Sender(asked.address))


def thanks_letter(
    number: int, asked: Inquiry, subjects: Sequence[Subject], settings: Settings, at: datetime
) -> Letter:
    """Thank the sender and repeat what was asked about, not the words: nobody can make us mail a stranger a text."""
    organization = settings.organization
    about = [f"- {subject.title}" for subject in subjects]
    if asked.language == "en":
        lines = [
            f"Thank you for your inquiry (No. {number}).",
            "We will answer within three working days.",
            *(["", "About:", *about] if about else []),
            "",
            organization.name_en,
            organization.address_en,
            f"Tel. {organization.telephone}",
        ]
        return Letter(
            Sender(organization.email, organization.name_en),
            f"Your inquiry (No. {number})",
            "\n".join(lines) + "\n",
            "",
            at,
        )
    lines = [
        f"お問い合わせを承りました（受付番号 {number}）。",
        "三営業日のうちにお返事します。",
        *(["", "■ 何について", *about] if about else []),
        "",
        organization.name,
        organization.address,
        f"電話 {organization.telephone}（{organization.hours}）",
    ]
    return Letter(
        Sender(organization.email, organization.name),
        f"お問い合わせを承りました（受付番号 {number}）",
        "\n".join(lines) + "\n",
        "",
        at,
    )
