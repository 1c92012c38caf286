"""The door for inquiries: to the office, never to a company's own address."""

from __future__ import annotations

import time
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from generator import clock, discovery
from generator.content.shelf import LibraryShelf
from generator.forms.app import form_app
from generator.forms.clerks import Clerks
from generator.forms.client import visitor_network
from generator.forms.door import Door
from generator.forms.fields import FieldError, FormReading
from generator.forms.page import REDRAW, FormPages, language_of, root_of
from generator.forms.throttle import Limit, Throttle
from generator.forms.tokens import keys_of
from generator.inquiries.letters import office_letter, thanks_letter
from generator.inquiries.store import Inquiry, InquiryStore
from generator.inquiries.subjects import Subject, subjects_of
from generator.mail.address import MailAddress
from generator.mail.choice import open_mailer
from generator.mail.mailer import Mailer, send_one
from generator.mail.message import Recipient
from generator.registrations.tables import inquiry, registrations_url, throttle
from generator.settings import Settings
from generator.storage.database import open_database, read_one_row, writing

PER_NETWORK = Limit("inquiry-network", 20, 3_600)
PER_MAILBOX = Limit("inquiry-mailbox", 5, 86_400)


@dataclass(frozen=True)
class _Desk:
    """What the handlers share: made once, never changed."""

    settings: Settings
    pages: FormPages
    store: InquiryStore
    mailer: Mailer
    shelf: LibraryShelf
    throttle: Throttle
    clerks: Clerks


def make_app(settings: Settings) -> Starlette:
    """Make the ASGI app; raises ``SettingsError`` when a key is missing."""
    engine = open_database(registrations_url(settings))
    pages = FormPages(settings)
    app = form_app(settings, pages, [Route("/", ask, methods=["GET", "POST"])])
    app.state.desk = _Desk(
        settings,
        pages,
        InquiryStore(engine),
        open_mailer(settings),
        LibraryShelf(discovery.sources(), settings),
        Throttle(throttle, keys_of(settings)[0].get_secret_value().encode()),
        Clerks(engine),
    )
    return app


def check(settings: Settings) -> None:
    """Read one row; raises when the database cannot be asked."""
    read_one_row(registrations_url(settings), inquiry)


DOOR = Door("inquiries", "/inquiry", make_app, check)


async def ask(request: Request) -> Response:
    """Show the form, or take an inquiry."""
    desk: _Desk = request.app.state.desk
    if request.method != "POST":
        return await desk.clerks.do(_form_page, desk, request, dict(request.query_params), [])
    async with request.form(max_files=0, max_fields=20) as form:
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
    return await desk.clerks.do(_take, desk, request, typed)


def _take(desk: _Desk, request: Request, typed: dict[str, str]) -> Response:
    if REDRAW in typed:
        return _form_page(desk, request, typed, [])
    subjects = subjects_of(typed, desk.shelf.library())
    reading = FormReading(typed, language_of(request))
    desk.pages.check_token(reading, "inquiry")
    asked = _read(reading, subjects)
    if isinstance(asked, list):
        return _form_page(desk, request, typed, asked)
    inquiry_, address = asked
    if typed.get("website"):  # only a program fills in what people do not see
        return _thanks(desk, request)
    now = time.time()
    network = visitor_network(request, desk.settings)
    with writing(desk.store.engine).begin() as connection:
        allowed = desk.throttle.allow(connection, PER_NETWORK, network, now) and desk.throttle.allow(
            connection, PER_MAILBOX, address.mailbox, now
        )
        kept = desk.store.keep(connection, inquiry_, clock.now()) if allowed else None
    if kept is None:
        values = {"sentences": [], "action": ""}
        title = (
            "しばらくたってからお試しください" if language_of(request) == "ja" else "Please try again later"
        )
        return desk.pages.respond(request, "message", title, values, status=429)
    answer = _thanks(desk, request)
    number, is_new = kept
    if is_new:
        answer.background = BackgroundTask(_forward, desk, number, inquiry_, subjects)
    return answer


def _forward(desk: _Desk, number: int, asked: Inquiry, subjects: tuple[Subject, ...]) -> None:
    now, settings = clock.now(), desk.settings
    office = Recipient(f"inquiry-{number}-office", settings.organization.email)
    send_one(desk.mailer, office_letter(number, asked, subjects, settings, now), office, folder="inquiries")
    desk.store.mark_forwarded(number, now)
    sender = Recipient(f"inquiry-{number}-thanks", asked.address)
    send_one(desk.mailer, thanks_letter(number, asked, subjects, settings, now), sender, folder="inquiries")


def _read(
    reading: FormReading, subjects: tuple[Subject, ...]
) -> tuple[Inquiry, MailAddress] | list[FieldError]:
    ja = reading.language == "ja"
    name = reading.line("name", label="お名前" if ja else "Your name", required=True, longest=80)
    company = reading.line("organization", label="会社・団体名" if ja else "Company", longest=120)
    country = reading.line("country", label="国・地域" if ja else "Country", longest=60)
    telephone = reading.line("telephone", label="電話番号" if ja else "Telephone", longest=40)
    message = reading.text("message", label="内容" if ja else "Message", required=True)
    address = reading.address("address", label="メールアドレス" if ja else "Email address", required=True)
    if reading.errors or address is None:
        return reading.errors
    about = tuple(subject.address for subject in subjects)
    return Inquiry(
        address.deliverable, name, message, company, telephone, country, about, reading.language
    ), address


def _form_page(desk: _Desk, request: Request, typed: dict[str, str], errors: list[FieldError]) -> Response:
    language = language_of(request)
    values = {
        "subjects": subjects_of(typed, desk.shelf.library()),
        "form": typed,
        "carried": {name: typed[name] for name in ("about", "company", "companies") if typed.get(name)},
        "action": f"{root_of(desk.settings)}inquiry/" + ("?lang=en" if language == "en" else ""),
    }
    return desk.pages.respond(
        request, "inquiry", "お問い合わせ" if language == "ja" else "Inquiry", values, errors=errors
    )


def _thanks(desk: _Desk, request: Request) -> Response:
    japanese = language_of(request) == "ja"
    sentence = (
        "三営業日のうちにお返事します。控えのメールをお送りしました。"
        if japanese
        else "We will answer within three working days. We have sent you a copy by mail."
    )
    title = "お問い合わせを承りました" if japanese else "Thank you for your inquiry"
    return desk.pages.respond(request, "message", title, {"sentences": [sentence], "action": ""})
