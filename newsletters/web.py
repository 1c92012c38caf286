"""The door for subscribers: subscribe, confirm by post, choose topics, and leave by one click."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from generator import clock
from generator.errors import RefusedError
from generator.forms.client import visitor_network
from generator.forms.door import Door
from generator.forms.fields import FieldError, FormReading
from generator.forms.guard import Guard
from generator.forms.page import FormPages, language_of, root_of
from generator.forms.throttle import Limit, Throttle
from generator.forms.tokens import InvalidTokenError, Purpose, Tokens, keys_of
from generator.mail.address import MailAddress
from generator.mail.choice import open_mailer
from generator.mail.mailer import Mailer, send_one
from generator.mail.message import Letter, Recipient
from generator.settings import Settings
from generator.storage.database import open_database, writing
from newsletters.audience.model import Consent, SubscriptionState
from newsletters.audience.store import Audience, open_audience
from newsletters.audience.tables import subscribers
from newsletters.declaration import Newsletter, load_newsletters
from newsletters.letters import LINK, confirm_letter, link_letter
from newsletters.links import MOUNT, confirm_url, manage_url
from newsletters.tables import audience_url, throttle

PER_MAILBOX = Limit("confirm-mailbox", 3, 86_400)
PER_NETWORK = Limit("confirm-network", 10, 3_600)
IN_ALL = Limit("confirm-all", 600, 3_600)
WORDING = {
    "ja": "選んだメールマガジンを、このアドレスへ配信することに同意します。配信はいつでも停止できます。",
    "en": "I agree to receive the newsletters chosen above at this address. I can stop them at any time.",
}


@dataclass(frozen=True)
class _Desk:
    """What the handlers share: made once, never changed."""

    settings: Settings
    pages: FormPages
    newsletters: Mapping[str, Newsletter]
    audience: Audience
    mailer: Mailer
    tokens: Tokens
    throttle: Throttle

    def offered(self, language: str) -> dict[str, Newsletter]:
        """The newsletters of the page's language."""
        return {name: letter for name, letter in self.newsletters.items() if letter.language == language}


def make_app(settings: Settings) -> Starlette:
    """Make the ASGI app; raises ``SettingsError`` when a key is missing."""
    keys = keys_of(settings)
    app = Starlette(
        routes=[
            Route("/subscribe", subscribe, methods=["GET", "POST"]),
            Route("/confirm", confirm, methods=["GET", "POST"]),
            Route("/preferences", preferences, methods=["GET", "POST"]),
            Route("/unsubscribe", unsubscribe, methods=["GET", "POST"]),
        ],
        middleware=[Middleware(Guard, origin=settings.site_url, open_posts=[f"{MOUNT}/unsubscribe"])],
    )
    app.state.desk = _Desk(
        settings,
        FormPages(settings),
        {letter.name: letter for letter in load_newsletters(settings)},
        open_audience(settings),
        open_mailer(settings),
        Tokens(keys),
        Throttle(throttle, keys[0].get_secret_value().encode()),
    )
    return app


def check(settings: Settings) -> None:
    """Read one row of the audience; raises when the database cannot be asked."""
    engine = open_database(audience_url(settings))
    try:
        with engine.connect() as connection:
            connection.execute(select(subscribers.c.id).limit(1)).first()
    finally:
        engine.dispose()


DOOR = Door("newsletters", MOUNT, make_app, check)


async def subscribe(request: Request) -> Response:
    """Show the form, or take an address; the answer is the same for every address there is."""
    desk: _Desk = request.app.state.desk
    if request.method != "POST":
        return await run_in_threadpool(_subscribe_page, desk, request, {}, [], [])
    async with request.form(max_files=0, max_fields=40) as form:
        return await run_in_threadpool(_take_subscription, desk, request, form)


def _take_subscription(desk: _Desk, request: Request, form: FormData) -> Response:
    language = language_of(request)
    offered = desk.offered(language)
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    chosen = [name for name in form.getlist("newsletter") if name in offered] or list(offered)[:1]
    picked = [str(topic) for topic in form.getlist("topic")]
    reading = FormReading(typed, language)
    label = "メールアドレス" if language == "ja" else "Mail address"
    address = reading.address("address", label=label, required=True)
    if typed.get("agree") != "yes":
        reading.refuse(
            "agree", "同意の欄に印を付けてください" if language == "ja" else "Please tick the box to agree"
        )
    if reading.errors or address is None:
        return _subscribe_page(desk, request, typed, [*chosen, *picked], reading.errors)
    if not _allow_network(desk, visitor_network(request, desk.settings)):
        return _message(
            desk, request, "しばらくたってからお試しください", "Please try again later", status=429
        )
    answer = _message(
        desk,
        request,
        "確認のメールを送りました",
        "We have sent you a mail to confirm",
        "メールのページを開き、ボタンを押すと登録が終わります。届かないときは、迷惑メールの箱もご覧ください。",
        "Open the page in the mail and press the button. If nothing arrives, look in your spam folder.",
    )
    if not typed.get("website"):  # only a program fills in what people do not see
        topics = tuple(
            t for c in chosen for choice in offered[c].choices if choice.key in picked for t in choice.topics
        )
        answer.background = BackgroundTask(
            _invite, desk, address, tuple(chosen), tuple(map(str, topics)), language
        )
    return answer


def _invite(
    desk: _Desk, address: MailAddress, chosen: tuple[str, ...], topics: tuple[str, ...], language: str
) -> None:
    """Store the wish and send the mail, after the answer has gone: nobody can tell addresses apart by time."""
    now = time.time()
    with writing(desk.audience.engine).begin() as connection:
        if not desk.throttle.allow(connection, PER_MAILBOX, address.mailbox, now):
            return
    consent = Consent(int(now), "web", WORDING[language], f"{MOUNT}/subscribe")
    try:
        number = next(
            desk.audience.subscribe(address.given, name, consent, topics=topics, language=language)
            for name in chosen
        )
    except RefusedError:  # suppressed: not a word, to nobody
        return
    states = {s.newsletter: s.state for s in desk.audience.subscriptions(number)}
    waiting = tuple(name for name in chosen if states.get(name) is SubscriptionState.UNCONFIRMED)
    site = desk.settings.site_url
    if waiting:
        titles = tuple(desk.newsletters[name].title for name in waiting)
        link, letter = (
            confirm_url(site, desk.tokens, number, waiting),
            confirm_letter(titles, language, desk.settings, clock.now()),
        )
    else:
        link, letter = (
            manage_url(site, desk.tokens, number),
            link_letter(language, desk.settings, clock.now()),
        )
    _send(desk, number, letter, f"{link}", now)


def _send(desk: _Desk, number: int, letter: Letter, link: str, now: float) -> None:
    subscriber = desk.audience.get(number)
    if subscriber is not None:
        recipient = Recipient(
            f"subscription-{number}-{int(now * 1000)}", subscriber.deliverable, {LINK: link}
        )
        send_one(desk.mailer, letter, recipient, folder="subscriptions")


async def confirm(request: Request) -> Response:
    """Show the button that confirms, or confirm; a second press is harmless."""
    return await run_in_threadpool(_confirm, request)


def _confirm(request: Request) -> Response:
    desk: _Desk = request.app.state.desk
    try:
        content = desk.tokens.read(Purpose.CONFIRM, request.query_params.get("t", ""))
        number, names = int(content["s"]), tuple(str(name) for name in content["n"])
    except InvalidTokenError as error:
        return _message(desk, request, str(error), "This link is not valid any more", status=400)
    if request.method != "POST":
        words = ("登録を確認します", "Confirm your subscription")
        return _message(
            desk,
            request,
            *words,
            action=f"{request.url.path}?{request.url.query}",
            button=("登録する", "Subscribe"),
        )
    language = language_of(request)
    consent = Consent(int(time.time()), "web-confirm", WORDING[language], f"{MOUNT}/confirm")
    for name in names:
        desk.audience.confirm(number, name, consent)
    titles = "、".join(desk.newsletters[name].title for name in names if name in desk.newsletters)
    return _message(
        desk,
        request,
        "登録が終わりました",
        "You are subscribed",
        f"次の号からお届けします: {titles}",
        f"From the next issue on: {titles}",
    )


async def preferences(request: Request) -> Response:
    """Show what somebody has chosen, or change it."""
    desk: _Desk = request.app.state.desk
    form: FormData | None = None
    if request.method == "POST":
        async with request.form(max_files=0, max_fields=60) as sent:
            form = FormData(sent.multi_items())
    return await run_in_threadpool(_preferences, desk, request, form)


def _preferences(desk: _Desk, request: Request, form: FormData | None) -> Response:
    try:
        number = int(desk.tokens.read(Purpose.MANAGE, request.query_params.get("t", ""))["s"])
    except InvalidTokenError as error:
        return _message(desk, request, str(error), "This link is not valid any more", status=400)
    now = int(time.time())
    if form is not None:
        for subscription in desk.audience.subscriptions(number):
            letter = desk.newsletters.get(subscription.newsletter)
            if letter is None:
                continue
            if f"keep-{letter.name}" not in form:
                desk.audience.unsubscribe(number, letter.name, at=now, how="preferences")
                continue
            picked = {str(key) for key in form.getlist(f"topic-{letter.name}")}
            topics = [str(t) for choice in letter.choices if choice.key in picked for t in choice.topics]
            desk.audience.choose_topics(number, letter.name, topics)
    held = [s for s in desk.audience.subscriptions(number) if s.state is SubscriptionState.CONFIRMED]
    rows = [
        {
            "letter": desk.newsletters[s.newsletter],
            "picked": [
                c.key
                for c in desk.newsletters[s.newsletter].choices
                if not s.topics or set(map(str, c.topics)) & set(s.topics)
            ],
        }
        for s in held
        if s.newsletter in desk.newsletters
    ]
    title = "メールマガジンの設定" if language_of(request) == "ja" else "Your newsletters"
    return desk.pages.respond(
        request,
        "preferences",
        title,
        {"rows": rows, "saved": form is not None, "action": f"{request.url.path}?{request.url.query}"},
    )


async def unsubscribe(request: Request) -> Response:
    """Show the button that leaves, or leave at once: the post of RFC 8058 carries no cookie and gets no redirect."""
    if request.method == "POST":
        await request.body()  # read to its end, within the limit; what it says does not matter
    return await run_in_threadpool(_unsubscribe, request)


def _unsubscribe(request: Request) -> Response:
    desk: _Desk = request.app.state.desk
    try:
        content = desk.tokens.read(Purpose.UNSUBSCRIBE, request.query_params.get("t", ""))
        number, name = int(content["s"]), str(content["n"])
    except InvalidTokenError as error:
        return _message(desk, request, str(error), "This link is not valid", status=400)
    title = desk.newsletters[name].title if name in desk.newsletters else ""
    if request.method != "POST":
        words = (f"{title}の配信を停止しますか", f"Unsubscribe from {title}?")
        return _message(
            desk,
            request,
            *words,
            action=f"{request.url.path}?{request.url.query}",
            button=("配信を停止する", "Unsubscribe"),
        )
    desk.audience.unsubscribe(number, name, at=int(time.time()), how="one-click")
    return _message(
        desk,
        request,
        "配信を停止しました",
        "You are unsubscribed",
        "送り出しの途中だった号が、行き違いで届くことがあります。",
        "An issue that was already on its way may still arrive.",
    )


def _allow_network(desk: _Desk, network: str) -> bool:
    now = time.time()
    with writing(desk.audience.engine).begin() as connection:
        return desk.throttle.allow(connection, PER_NETWORK, network, now) and desk.throttle.allow(
            connection, IN_ALL, "", now
        )


def _subscribe_page(
    desk: _Desk, request: Request, typed: Mapping[str, str], picked: list[str], errors: list[FieldError]
) -> Response:
    language = language_of(request)
    values = {
        "offered": list(desk.offered(language).values()),
        "picked": picked,
        "form": typed,
        "wording": WORDING[language],
        "action": f"{root_of(desk.settings).rstrip('/')}{MOUNT}/subscribe"
        + ("?lang=en" if language == "en" else ""),
    }
    title = "メールマガジンの登録" if language == "ja" else "Subscribe to our newsletters"
    return desk.pages.respond(request, "subscribe", title, values, errors=errors)


def _message(
    desk: _Desk,
    request: Request,
    ja: str,
    en: str,
    ja_more: str = "",
    en_more: str = "",
    *,
    status: int = 200,
    action: str = "",
    button: tuple[str, str] = ("", ""),
) -> Response:
    japanese = language_of(request) == "ja"
    more = ja_more if japanese else en_more
    values = {
        "sentences": [more] if more else [],
        "action": action,
        "button": button[0] if japanese else button[1],
    }
    return desk.pages.respond(request, "message", ja if japanese else en, values, status=status)
