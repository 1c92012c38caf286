"""The mails of a registration: received, waiting, moved up."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from generator.clock import TOKYO
from generator.content.model import Event
from generator.forms.tokens import Purpose, Tokens
from generator.mail.message import Letter, Recipient, Sender
from generator.registrations.store import Registration, RegistrationState
from generator.settings import Settings


def letter_for(
    registration: Registration, event: Event, settings: Settings, tokens: Tokens, now: datetime
) -> Letter:
    """Write the mail that says where a registration stands, with the personal link to cancel.

    The link stands in the text itself: a tag to be replaced later could be typed by a visitor as a name.
    """
    waiting = registration.state is RegistrationState.WAITING
    english = registration.request.language == "en"
    write = _english if english else _japanese
    lines = write(registration, event, settings, link=_link(registration, tokens, settings), waiting=waiting)
    title = event.english.title if english and event.english else event.title
    subject = (
        ("Waiting list: " if waiting else "Registered: ")
        if english
        else ("【キャンセル待ち】" if waiting else "【受付】")
    ) + title
    organization = settings.organization
    sender = Sender(organization.email, organization.name_en if english else organization.name)
    return Letter(sender, subject, "\n".join(lines) + "\n", "", now)


def recipient_for(registration: Registration) -> Recipient:
    """Address the mail; the same state of a registration is the same mail."""
    identity = f"registration-{registration.id}-{registration.state}"
    return Recipient(identity, registration.request.address)


def _link(registration: Registration, tokens: Tokens, settings: Settings) -> str:
    token = tokens.sign(Purpose.REGISTRATION, {"r": registration.id})
    folder = "cancel/en" if registration.request.language == "en" else "cancel"
    return f"{settings.site_url}register/{folder}?{urlencode({'t': token})}"


def when_of(event: Event, language: str) -> str:
    """Say when an event is held, in the reader's form."""
    start = event.starts.astimezone(TOKYO)
    if language == "en":
        return f"{start:%A}, {start.day} {start:%B %Y}, {start:%H:%M} (Japan time)"
    more = f" ほか全{len(event.sessions)}回" if len(event.sessions) > 1 else ""
    return f"{start.year}年{start.month}月{start.day}日（{'月火水木金土日'[start.weekday()]}）{start:%H:%M}から{more}"


def where_of(event: Event, language: str) -> str:
    """Say where an event is held."""
    if event.venue is None:
        return "Online" if language == "en" else "オンライン"
    return event.venue.name


def _japanese(
    registration: Registration, event: Event, settings: Settings, *, link: str, waiting: bool
) -> list[str]:
    head = (
        "満席のため、キャンセル待ちで承りました。席が空きしだいメールでお知らせします。"
        if waiting
        else "お申し込みを受け付けました。"
    )
    organization = settings.organization
    return [
        f"{registration.request.name} 様",
        "",
        head,
        "",
        f"■ {event.title}",
        f"日時: {when_of(event, 'ja')}",
        f"場所: {where_of(event, 'ja')}",
        f"人数: {registration.request.people}名",
        f"くわしく: {settings.site_url}{event.address}",
        "",
        "取り消すときは、次のページのボタンを押してください。",
        link,
        "",
        "このお申し込みに心当たりがない方は、上のページから取り消せます。",
        "",
        organization.name,
        organization.address,
        f"電話 {organization.telephone}（{organization.hours}）",
    ]


def _english(
    registration: Registration, event: Event, settings: Settings, *, link: str, waiting: bool
) -> list[str]:
    head = (
        "The event is full: you are on the waiting list. We will write when a place is free."
        if waiting
        else "You are registered."
    )
    organization = settings.organization
    return [
        f"Dear {registration.request.name},",
        "",
        head,
        "",
        event.english.title if event.english else event.title,
        f"When: {when_of(event, 'en')}",
        f"Where: {where_of(event, 'en')}",
        f"People: {registration.request.people}",
        f"Details: {settings.site_url}{event.address}",
        "",
        "To cancel, press the button on this page:",
        link,
        "",
        organization.name_en,
        organization.address_en,
        f"Tel. {organization.telephone}",
    ]
