"""The door for companies: ask for a link, edit one's own page, look at it, send it to the office."""

from __future__ import annotations

import re
import time

from sqlalchemy import select
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from company_db.audit import Act
from company_db.desk import MOUNT, Desk
from company_db.edit_page import MAX_BODY, edit, photo
from company_db.form_inputs import Tongues
from company_db.intake.cleaning import company_key
from company_db.letters import LINK, edit_link_letter
from company_db.location import companies_url
from company_db.tables import profile
from generator import clock
from generator.errors import KohoError
from generator.forms.app import form_app
from generator.forms.client import visitor_network
from generator.forms.door import Door
from generator.forms.fields import FieldError, FormReading
from generator.forms.guard import Guard
from generator.forms.log import report
from generator.forms.page import REDRAW, language_of, root_of
from generator.forms.throttle import Limit
from generator.mail.address import parse_address
from generator.mail.mailer import send_one
from generator.mail.message import Letter, Recipient
from generator.settings import Settings
from generator.storage.database import open_database

PER_COMPANY = Limit("edit-link", 3, 86_400)
PER_NETWORK = Limit("edit-network", 20, 3_600)
_OWN_ID = re.compile(r"[0-9０-９]{8}")  # telephones' number pads have no k
_TITLE = Tongues("掲載内容を直す", "Update your company's page")
_NUMBER = Tongues("法人番号（または企業番号）", "Corporate Number")
_WRONG_NUMBER = "Corporate Number: please write the 13 digits, or the 8 digits of a sole proprietor"


def make_app(settings: Settings) -> Starlette:
    """Make the ASGI app; raises ``SettingsError`` when a key is missing."""
    desk = Desk.open(settings)
    little = Middleware(Guard, origin=settings.site_url, refuse=desk.pages.refuse)
    routes = [  # only a link's holder may send much
        Route("/", ask_for_link, methods=["GET", "POST"], middleware=[little]),
        Route("/edit", edit, methods=["GET", "POST"]),
        Route("/photo", photo, methods=["GET"]),
    ]
    app = form_app(settings, desk.pages, routes, max_body=MAX_BODY)
    app.state.desk = desk
    return app


def check(settings: Settings) -> None:
    """Read one row; raises when the database cannot be asked."""
    engine = open_database(companies_url(settings))
    try:
        with engine.connect() as connection:
            connection.execute(select(profile.c.key).limit(1)).first()
    finally:
        engine.dispose()


DOOR = Door("companies", MOUNT, make_app, check)


async def ask_for_link(request: Request) -> Response:
    """Show the form, or send a link to the registered contact; the answer tells nobody who is a member."""
    desk: Desk = request.app.state.desk
    if request.method != "POST":
        return _ask_page(request, desk, {}, [])
    async with request.form(max_files=0, max_fields=10) as form:
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
    return await desk.clerks.do(_send_link, request, desk, typed)


def _ask_page(request: Request, desk: Desk, typed: dict[str, str], errors: list[FieldError]) -> Response:
    language = language_of(request)
    action = f"{root_of(desk.settings).rstrip('/')}{MOUNT}/"
    values = {"form": typed, "action": action + ("?lang=en" if language == "en" else ""), "door": action}
    return desk.pages.respond(request, "ask_link", _TITLE.of(language), values, errors=errors)


def _send_link(request: Request, desk: Desk, typed: dict[str, str]) -> Response:
    reading = FormReading(typed, language_of(request))
    if REDRAW in typed:
        return _ask_page(request, desk, typed, [])
    written = reading.line("number", label=_NUMBER.of(reading.language), required=True, longest=40)
    key = ""
    try:
        key = company_key(f"k{written}" if _OWN_ID.fullmatch(written) else written) if written else ""
    except ValueError as error:
        reading.refuse("number", str(error) if reading.language == "ja" else _WRONG_NUMBER)
    desk.pages.check_token(reading, "ask_link")
    if reading.errors:
        return _ask_page(request, desk, typed, reading.errors)
    if not desk.allow(PER_NETWORK, visitor_network(request, desk.settings)):
        later = Tongues("しばらくたってからお試しください", "Please try again later")
        return desk.say(request, later, status=429)
    answer = desk.say(
        request,
        Tongues("メールをご確認ください", "Please look at your mail"),
        Tongues(
            "登録されている担当者のアドレスへ、直すページのリンクを送りました。届かないときは、機構へお電話ください。",
            "We sent a link to the registered contact. If nothing arrives, please call our office.",
        ),
    )
    if not typed.get("website"):  # only a program fills in what people do not see
        answer.background = BackgroundTask(_mail_link, desk, key, reading.language)
    return answer


async def _mail_link(desk: Desk, key: str, language: str) -> None:
    """Look the company up and mail its contact, after the answer has gone: its time tells nobody who is a member."""
    due = await desk.clerks.do(_link_due, desk, key, language)
    if due is None:
        return
    letter, recipient = due
    try:
        await run_in_threadpool(send_one, desk.mailer, letter, recipient, folder="companies")
        act = Act.LINK_SENT
    except KohoError:
        report("edit link")
        act = Act.LINK_FAILED
    await desk.clerks.do(desk.audit.note, act, key, clock.now())


def _link_due(desk: Desk, key: str, language: str) -> tuple[Letter, Recipient] | None:
    """Return the mail for a company's contact; None where there is nobody to write to, or too often today."""
    record = desk.store.find(key)
    if record is None or not record.contact_email:
        return None
    if not desk.allow(PER_COMPANY, key):
        desk.audit.note(Act.LINK_LIMITED, key, clock.now())
        return None
    values = {LINK: desk.link_for(record, language)}
    identity = f"edit-{key}-{int(time.time() * 1000)}"
    recipient = Recipient(identity, parse_address(record.contact_email).deliverable, values)
    return edit_link_letter(record, language, desk.settings, clock.now()), recipient
