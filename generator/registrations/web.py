"""The door for event registrations: a form per event, a confirmation mail, and a way to cancel."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from generator import clock
from generator.content.model import Event
from generator.content.shelf import LibraryShelf
from generator.content.source import content_source
from generator.content.states import takes_registrations
from generator.errors import KohoError
from generator.forms.app import form_app
from generator.forms.clerks import Clerks
from generator.forms.client import visitor_network
from generator.forms.door import Door
from generator.forms.fields import FormReading
from generator.forms.log import note, report
from generator.forms.page import REDRAW, FormPages, language_of, root_of
from generator.forms.throttle import Limit, Throttle
from generator.forms.tokens import InvalidTokenError, Purpose, Tokens, keys_of
from generator.mail.choice import open_mailer
from generator.mail.mailer import Mailer, send_one
from generator.registrations import store as registrations
from generator.registrations.letters import letter_for, recipient_for, when_of, where_of
from generator.registrations.store import Registration, RegistrationState, RegistrationStore
from generator.registrations.tables import registration, registrations_url, throttle
from generator.settings import Settings
from generator.storage.database import open_database, read_one_row, writing

PER_NETWORK = Limit("register-network", 30, 3_600)
PER_MAILBOX = Limit("register-mailbox", 10, 86_400)
MOST_PEOPLE = 5
TOO_MANY = "短い時間に多くの申し込みがありました。しばらくたってから、もう一度お試しください。"
MAILED = (
    "確認のメールを送りました。届かないときは、迷惑メールの箱もご覧ください。",
    "We have sent you a confirmation. If nothing arrives, look in your spam folder.",
)
TOO_MANY_EN = "Too many requests. Please try again later."


@dataclass(frozen=True)
class _Desk:
    """What the handlers share: made once, never changed."""

    settings: Settings
    pages: FormPages
    shelf: LibraryShelf
    store: RegistrationStore
    mailer: Mailer
    tokens: Tokens
    throttle: Throttle
    clerks: Clerks

    def event(self, year: str, slug: str) -> Event | None:
        """Find a public event by its fiscal year and slug."""
        events = self.shelf.library().public(Event)
        return next((event for event in events if (str(event.year), event.slug) == (year, slug)), None)


def make_app(settings: Settings) -> Starlette:
    """Make the ASGI app; raises ``SettingsError`` when a key is missing."""
    engine = open_database(registrations_url(settings))
    keys = keys_of(settings)
    desk = _Desk(
        settings,
        FormPages(settings),
        LibraryShelf([content_source], settings),
        RegistrationStore(engine),
        open_mailer(settings),
        Tokens(keys),
        Throttle(throttle, keys[0].get_secret_value().encode()),
        Clerks(engine),
    )
    routes = [
        Route("/cancel", cancel, methods=["GET", "POST"]),
        Route("/cancel/{language}", cancel, methods=["GET", "POST"]),
        Route("/{year}/{slug}/", register, methods=["GET", "POST"]),
    ]
    app = form_app(settings, desk.pages, routes)
    app.state.desk = desk
    return app


def check(settings: Settings) -> None:
    """Read one row; raises when the database cannot be asked."""
    read_one_row(registrations_url(settings), registration)


DOOR = Door("registrations", "/register", make_app, check)


async def register(request: Request) -> Response:
    """Show the form of an event, or take what was typed."""
    desk: _Desk = request.app.state.desk
    event = await desk.clerks.do(desk.event, request.path_params["year"], request.path_params["slug"])
    if event is None:
        return _message(desk, request, "そのページはありません", "This page does not exist", status=404)
    if event.registration_url:
        return RedirectResponse(event.registration_url, status_code=303)
    if not takes_registrations(event, desk.settings.as_of()):
        return _message(
            desk,
            request,
            "この催しの申し込みは終わりました",
            "Registration for this event is closed",
            back=event,
        )
    if request.method != "POST":
        return await desk.clerks.do(_form_page, desk, request, event, FormReading({"people": "1"}))
    async with request.form(max_files=0, max_fields=20) as form:
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
    return await desk.clerks.do(_take, desk, request, event, FormReading(typed, language_of(request)))


def _take(desk: _Desk, request: Request, event: Event, reading: FormReading) -> Response:
    if REDRAW in reading.typed:
        return _form_page(desk, request, event, reading)
    asked = _read(reading, event)
    desk.pages.check_token(reading, "register")
    if reading.errors or asked is None:
        return _form_page(desk, request, event, reading)
    if reading.typed.get("website"):  # only a program fills in what people do not see
        return _done_page(desk, request, event, RegistrationState.REGISTERED)
    found = _store(desk, asked, event, visitor_network(request, desk.settings))
    if found is None:
        return _message(desk, request, TOO_MANY, TOO_MANY_EN, status=429, back=event)
    note(request, registration=found.id)
    answer = _done_page(desk, request, event, found.state)
    answer.background = BackgroundTask(_tell, desk, [found], event)
    return answer


def _store(desk: _Desk, asked: registrations.Request, event: Event, network: str) -> Registration | None:
    now = time.time()
    with writing(desk.store.engine).begin() as connection:
        allowed = desk.throttle.allow(connection, PER_NETWORK, network, now) and desk.throttle.allow(
            connection, PER_MAILBOX, asked.mailbox, now
        )
        return desk.store.register(connection, asked, event.capacity, clock.now()) if allowed else None


def _read(reading: FormReading, event: Event) -> registrations.Request | None:
    ja = reading.language == "ja"
    name = reading.line("name", label="お名前" if ja else "Name", required=True, longest=80)
    company = reading.line("company", label="会社・団体名" if ja else "Company", longest=120)
    telephone = reading.line("telephone", label="電話番号" if ja else "Telephone", longest=40)
    words = reading.text("note", label="伝えておきたいこと" if ja else "Note", longest=1_000)
    people = reading.line(
        "people", label="参加する人数" if ja else "Number of people", required=True, longest=2
    )
    address = reading.address("address", label="メールアドレス" if ja else "Email address", required=True)
    if people and not (people.isdecimal() and 1 <= int(people) <= MOST_PEOPLE):
        mend = f"人数は1から{MOST_PEOPLE}までの数字で書いてください"
        reading.refuse(
            "people", mend if ja else f"Number of people: please write a number from 1 to {MOST_PEOPLE}"
        )
    if reading.errors or address is None:
        return None
    return registrations.Request(
        event.address,
        address.mailbox,
        address.deliverable,
        name,
        company,
        telephone,
        int(people),
        words,
        reading.language,
    )


async def cancel(request: Request) -> Response:
    """Show the button that cancels, or cancel; the same link again says that it is done."""
    desk: _Desk = request.app.state.desk
    return await desk.clerks.do(_cancel, desk, request)


def _cancel(desk: _Desk, request: Request) -> Response:
    try:
        identity = int(desk.tokens.read(Purpose.REGISTRATION, request.query_params.get("t", ""))["r"])
    except (InvalidTokenError, KeyError, ValueError):
        return _message(desk, request, "リンクが正しくありません", "This link is not valid", status=400)
    found = desk.store.get(identity)
    event = desk.event(*found.request.event.split("/")[1:3]) if found else None
    if found is None or event is None:
        return _message(desk, request, "お申し込みが見つかりません", "No registration was found", status=404)
    if request.method != "POST" and found.state is not RegistrationState.CANCELLED:
        words = ("申し込みを取り消しますか", "Cancel your registration?")
        return _message(
            desk,
            request,
            *words,
            (_facts(event, "ja"), _facts(event, "en")),
            back=event,
            action=f"{request.url.path}?{request.url.query}",
            button=("取り消す", "Cancel it"),
        )
    answer = _message(desk, request, "申し込みを取り消しました", "Your registration is cancelled", back=event)
    if request.method == "POST":
        note(request, registration=identity)
        _, moved = desk.store.cancel(identity, event.capacity, clock.now())
        answer.background = BackgroundTask(_tell, desk, moved, event)
    return answer


def _tell(desk: _Desk, changed: Sequence[Registration], event: Event) -> None:
    """Write to everybody whose registration changed; a mail that fails keeps nobody else from theirs."""
    for one in changed:
        letter = letter_for(one, event, desk.settings, desk.tokens, clock.now())
        try:
            send_one(desk.mailer, letter, recipient_for(one), folder="registrations")
        except KohoError:
            report("mail-failed", registration=one.id)


def _form_page(desk: _Desk, request: Request, event: Event, reading: FormReading) -> Response:
    language = language_of(request)
    free = max(event.capacity - desk.store.places_taken(event.address), 0) if event.capacity else None
    values = {
        "event": event,
        "when": when_of(event, language),
        "where": where_of(event, language),
        "free": free,
        "form": reading.typed,
        "action": f"{root_of(desk.settings)}register/{event.year}/{event.slug}/"
        + ("?lang=en" if language == "en" else ""),
    }
    return desk.pages.respond(
        request,
        "register",
        "申し込み" if language == "ja" else "Registration",
        values,
        errors=reading.errors,
    )


def _done_page(desk: _Desk, request: Request, event: Event, state: RegistrationState) -> Response:
    waits = state is RegistrationState.WAITING
    words = (
        ("キャンセル待ちで受け付けました", "You are on the waiting list")
        if waits
        else ("申し込みを受け付けました", "You are registered")
    )
    return _message(desk, request, *words, MAILED, back=event)


def _facts(event: Event, language: str) -> str:
    english = event.english if language == "en" else None
    return f"{english.title if english else event.title} / {when_of(event, language)} / {where_of(event, language)}"


def _message(
    desk: _Desk,
    request: Request,
    ja: str,
    en: str,
    more: tuple[str, str] = ("", ""),
    *,
    status: int = 200,
    back: Event | None = None,
    action: str = "",
    button: tuple[str, str] = ("", ""),
) -> Response:
    japanese = language_of(request) == "ja"
    chosen = 0 if japanese else 1
    values: dict[str, object] = {
        "sentences": [more[chosen]] if more[chosen] else [],
        "action": action,
        "button": button[chosen],
    }
    if back is not None:
        english = back.english if not japanese else None
        values |= {"back": back.address, "back_title": english.title if english else back.title}
    return desk.pages.respond(request, "message", ja if japanese else en, values, status=status)
