"""The door for subscribers: subscribe, confirm by post, choose topics, and leave by one click."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from generator.forms.app import form_app
from generator.forms.client import visitor_network
from generator.forms.door import Door
from generator.forms.log import note
from generator.forms.page import language_of
from generator.forms.tokens import ExpiredTokenError, InvalidTokenError, Purpose
from generator.settings import Settings
from generator.storage.database import read_one_row
from newsletters.audience.model import Consent, SubscriptionState
from newsletters.audience.tables import subscribers
from newsletters.delivery.events import note_leaving
from newsletters.desk import Desk, open_desk
from newsletters.links import MOUNT
from newsletters.subscribing import WORDING, subscribe
from newsletters.tables import audience_url

OVER = ("リンクの期限が過ぎました", "This link has expired")
BROKEN = ("リンクが正しくありません", "This link is not complete")
ASK_AGAIN = (
    "登録のページから、もう一度お申し込みください。登録ずみのアドレスには、設定のページへのリンクをお送りします。",
    "Please use our form again. If you are subscribed already, it sends you a link to your settings.",
)
FORM = ("メールマガジンの登録", "Subscribe to our newsletters")
COPY_WHOLE = (
    "メールのリンクを、最後まで写してください。うまくいかないときは、お電話ください。",
    "Please copy the link in the mail to its end, or call us.",
)


def make_app(settings: Settings) -> Starlette:
    """Make the ASGI app; raises ``SettingsError`` when a key is missing."""
    desk = open_desk(settings)
    routes = [
        Route("/subscribe", subscribe, methods=["GET", "POST"]),
        Route("/confirm", confirm, methods=["GET", "POST"]),
        Route("/preferences", preferences, methods=["GET", "POST"]),
        Route("/unsubscribe", unsubscribe, methods=["GET", "POST"]),
    ]
    app = form_app(settings, desk.pages, routes, open_posts=[f"{MOUNT}/unsubscribe"])
    app.state.desk = desk
    return app


def check(settings: Settings) -> None:
    """Read one row of the audience; raises when the database cannot be asked."""
    read_one_row(audience_url(settings), subscribers)


DOOR = Door("newsletters", MOUNT, make_app, check)


async def confirm(request: Request) -> Response:
    """Show the button that confirms, or confirm; a second press is harmless."""
    desk: Desk = request.app.state.desk
    try:
        content = _content(desk, request, Purpose.CONFIRM)
    except InvalidTokenError as error:
        return desk.message(request, _title_of(error), ASK_AGAIN, status=400, to_form=FORM)
    names = tuple(str(name) for name in content["n"])
    titles = "、".join(desk.newsletters[name].title for name in names if name in desk.newsletters)
    if request.method != "POST":
        words = ("登録を確認します", "Confirm your subscription")
        what = (f"ボタンを押すと、次の号からお届けします: {titles}", f"Press the button to receive: {titles}")
        return desk.message(request, words, what, button=("登録する", "Subscribe"))
    await desk.clerks.do(_confirm, desk, request, int(content["s"]), names)
    more = (f"次の号からお届けします: {titles}", f"From the next issue on: {titles}")
    return desk.message(request, ("登録が終わりました", "You are subscribed"), more)


def _confirm(desk: Desk, request: Request, number: int, names: tuple[str, ...]) -> None:
    note(request, subscriber=number)
    source = f"{MOUNT}/confirm {visitor_network(request, desk.settings)}"
    consent = Consent(int(time.time()), "web-confirm", WORDING[language_of(request)], source)
    for name in names:
        desk.audience.confirm(number, name, consent)


async def preferences(request: Request) -> Response:
    """Show what somebody has chosen, or change it."""
    desk: Desk = request.app.state.desk
    try:
        number = int(_content(desk, request, Purpose.MANAGE)["s"])
    except InvalidTokenError as error:
        return desk.message(request, _title_of(error), ASK_AGAIN, status=400, to_form=FORM)
    if request.method == "POST":
        async with request.form(max_files=0, max_fields=60) as form:
            note(request, subscriber=number)
            await desk.clerks.do(_choose, desk, number, form)
    rows = await desk.clerks.do(_held, desk, number)
    title = "メールマガジンの設定" if language_of(request) == "ja" else "Your newsletters"
    values = {
        "rows": rows,
        "saved": request.method == "POST",
        "action": f"{request.url.path}?{request.url.query}",
    }
    return desk.pages.respond(request, "preferences", title, values)


def _choose(desk: Desk, number: int, form: FormData) -> None:
    """Take over what the page showed: only what is received now can be left or narrowed there."""
    now = int(time.time())
    for subscription in desk.audience.subscriptions(number):
        letter = desk.newsletters.get(subscription.newsletter)
        if letter is None or subscription.state is not SubscriptionState.CONFIRMED:
            continue
        if f"keep-{letter.name}" not in form:
            desk.audience.unsubscribe(number, letter.name, at=now, how="preferences")
            continue
        picked = {str(key) for key in form.getlist(f"topic-{letter.name}")}
        topics = [str(t) for choice in letter.choices if choice.key in picked for t in choice.topics]
        desk.audience.choose_topics(number, letter.name, topics)


def _held(desk: Desk, number: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for one in desk.audience.subscriptions(number):
        letter = desk.newsletters.get(one.newsletter)
        if letter is None or one.state is not SubscriptionState.CONFIRMED:
            continue
        picked = [
            c.key for c in letter.choices if not one.topics or set(map(str, c.topics)) & set(one.topics)
        ]
        rows.append({"letter": letter, "picked": picked})
    return rows


async def unsubscribe(request: Request) -> Response:
    """Show the button that leaves, or leave at once: the post of RFC 8058 carries no cookie and gets no redirect."""
    desk: Desk = request.app.state.desk
    if request.method == "POST":
        await request.body()  # read to its end, within the limit; what it says does not matter
    try:
        content = _content(desk, request, Purpose.UNSUBSCRIBE)
    except InvalidTokenError as error:
        return desk.message(request, _title_of(error), COPY_WHOLE, status=400)
    number, name = int(content["s"]), str(content["n"])
    title = desk.newsletters[name].title if name in desk.newsletters else ""
    if request.method != "POST":
        words = (f"{title}の配信を停止しますか", f"Unsubscribe from {title}?")
        return desk.message(request, words, button=("配信を停止する", "Unsubscribe"))
    note(request, subscriber=number)
    await desk.clerks.do(_leave, desk, number, name, str(content.get("i", "")))
    more = (
        "送り出しの途中だった号が、行き違いで届くことがあります。",
        "An issue that was already on its way may still arrive.",
    )
    return desk.message(request, ("配信を停止しました", "You are unsubscribed"), more)


def _title_of(error: InvalidTokenError) -> tuple[str, str]:
    return OVER if isinstance(error, ExpiredTokenError) else BROKEN


def _leave(desk: Desk, number: int, newsletter: str, issue: str) -> None:
    now = int(time.time())
    desk.audience.unsubscribe(number, newsletter, at=now, how="one-click")
    if issue:
        note_leaving(desk.audience.engine, issue, number, now)


def _content(desk: Desk, request: Request, purpose: Purpose) -> Mapping[str, Any]:
    return desk.tokens.read(purpose, request.query_params.get("t", ""))
