"""The door for companies: ask for a link, edit one's own page, look at it, send it to the office."""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import select
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from company_db.completeness import completeness
from company_db.editing import ROW_PARTS, SECTIONS, consent_choices, form_of, more_rows, read_form, row_count
from company_db.intake.cleaning import company_key
from company_db.intake.columns import COLUMNS
from company_db.letters import LINK, edit_link_letter
from company_db.location import companies_url
from company_db.model import CompanyRecord
from company_db.publication import public_view
from company_db.revisions import Revisions
from company_db.store import CompanyStore
from company_db.tables import profile, throttle
from generator import clock
from generator.errors import DataError
from generator.forms.client import visitor_network
from generator.forms.door import Door
from generator.forms.fields import FieldError, FormReading
from generator.forms.guard import Guard
from generator.forms.page import FormPages, root_of
from generator.forms.throttle import Limit, Throttle
from generator.forms.tokens import InvalidTokenError, Purpose, Tokens, keys_of
from generator.mail.address import parse_address
from generator.mail.choice import open_mailer
from generator.mail.mailer import Mailer, send_one
from generator.mail.message import Recipient
from generator.settings import Settings
from generator.storage.database import open_database, writing

MOUNT = "/update"
MAX_BODY = 256 * 1024  # bytes: a long profile without files
PER_COMPANY = Limit("edit-link", 3, 86_400)
PER_NETWORK = Limit("edit-network", 20, 3_600)


@dataclass(frozen=True)
class _Desk:
    """What the handlers share: made once, never changed."""

    settings: Settings
    pages: FormPages
    store: CompanyStore
    revisions: Revisions
    mailer: Mailer
    tokens: Tokens
    throttle: Throttle


def make_app(settings: Settings) -> Starlette:
    """Make the ASGI app; raises ``SettingsError`` when a key is missing."""
    engine, keys = open_database(companies_url(settings)), keys_of(settings)
    app = Starlette(
        routes=[
            Route("/", ask_for_link, methods=["GET", "POST"]),
            Route("/edit", edit, methods=["GET", "POST"]),
        ],
        middleware=[Middleware(Guard, origin=settings.site_url, max_body=MAX_BODY)],
    )
    app.state.desk = _Desk(
        settings,
        FormPages(settings),
        CompanyStore(engine),
        Revisions(engine),
        open_mailer(settings),
        Tokens(keys),
        Throttle(throttle, keys[0].get_secret_value().encode()),
    )
    app.state.engine = engine
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
    desk: _Desk = request.app.state.desk
    if request.method != "POST":
        return desk.pages.respond(
            request,
            "ask_link",
            "掲載内容を直す",
            {"form": {}, "action": f"{root_of(desk.settings).rstrip('/')}{MOUNT}/"},
        )
    async with request.form(max_files=0, max_fields=10) as form:
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_send_link, request, desk, typed)


def _send_link(request: Request, desk: _Desk, typed: dict[str, str]) -> Response:
    reading = FormReading(typed)
    written = reading.line("number", label="法人番号（または企業番号）", required=True, longest=40)
    key = ""
    try:
        key = company_key(written) if written else ""
    except ValueError as error:
        reading.refuse("number", str(error))
    desk.pages.check_token(reading, "ask_link")
    if reading.errors:
        values = {"form": typed, "action": f"{root_of(desk.settings).rstrip('/')}{MOUNT}/"}
        return desk.pages.respond(request, "ask_link", "掲載内容を直す", values, errors=reading.errors)
    network = visitor_network(request, desk.settings)
    if not _allow(request, desk, PER_NETWORK, network):
        return _message(desk, request, "しばらくたってからお試しください", "", status=429)
    sentence = "登録されている担当者のアドレスへ、直すページのリンクを送りました。届かないときは、機構へお電話ください。"
    answer = _message(desk, request, "メールをご確認ください", sentence)
    if not typed.get("website"):  # only a program fills in what people do not see
        answer.background = BackgroundTask(_mail_link, request, desk, key)
    return answer


def _mail_link(request: Request, desk: _Desk, key: str) -> None:
    record = desk.store.find(key)
    if record is None or not record.contact_email or not _allow(request, desk, PER_COMPANY, key):
        return
    token = desk.tokens.sign(Purpose.EDIT_COMPANY, {"k": key})
    link = f"{_action(desk, 'edit')}?{urlencode({'t': token})}"
    recipient = Recipient(
        f"edit-{key}-{int(time.time() * 1000)}", parse_address(record.contact_email).deliverable, {LINK: link}
    )
    send_one(
        desk.mailer, edit_link_letter(record.name, desk.settings, clock.now()), recipient, folder="companies"
    )


async def edit(request: Request) -> Response:
    """Show a company's form, add rows, show the page as it would be, or send the proposal."""
    desk: _Desk = request.app.state.desk
    typed: dict[str, str] = {}
    if request.method == "POST":
        async with request.form(max_files=0, max_fields=900) as form:
            typed = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_edit, request, desk, typed)


def _edit(request: Request, desk: _Desk, typed: dict[str, str]) -> Response:
    try:
        key = str(desk.tokens.read(Purpose.EDIT_COMPANY, request.query_params.get("t", ""))["k"])
    except InvalidTokenError as error:
        return _message(desk, request, str(error), "", status=400)
    record = desk.store.find(key)
    if record is None:
        return _message(desk, request, "掲載が見つかりません。機構へお電話ください。", "", status=404)
    if request.method != "POST":
        return _form(request, desk, record, form_of(record))
    asked = typed.pop("do", "preview")
    table = asked.removeprefix("rows-")
    if asked == "back" or (asked.startswith("rows-") and table in ROW_PARTS):
        return _form(request, desk, record, typed if asked == "back" else more_rows(typed, table))
    return _decide(request, desk, record, typed, is_final=asked == "send")


def _decide(
    request: Request, desk: _Desk, record: CompanyRecord, typed: dict[str, str], *, is_final: bool
) -> Response:
    values, proposed, errors = read_form(typed, record)
    if errors or proposed is None:
        return _form(request, desk, record, typed, errors)
    if not is_final:
        return _preview(request, desk, proposed, typed)
    try:
        desk.revisions.propose(record.key, values, at=clock.now(), by="company")
    except DataError as error:
        return _form(request, desk, record, typed, [FieldError("name", str(error))])
    return _message(
        desk, request, "お送りいただきました", "機構が確かめてから公開します。結果はメールでお知らせします。"
    )


def _form(
    request: Request,
    desk: _Desk,
    record: CompanyRecord,
    typed: dict[str, str],
    errors: list[FieldError] | None = None,
) -> Response:
    score = completeness(record)
    values = {
        "record": record,
        "form": typed,
        "sections": SECTIONS,
        "columns": {column.field: column for column in COLUMNS},
        "tables": {
            name: {"parts": parts, "rows": range(row_count(typed, name))} for name, parts in ROW_PARTS.items()
        },
        "consent": consent_choices(),
        "score": score.score,
        "missing": score.missing[:5],
        "action": f"{request.url.path}?{request.url.query}",
    }
    return desk.pages.respond(request, "edit_company", "掲載内容を直す", values, errors=errors or ())


def _preview(request: Request, desk: _Desk, proposed: CompanyRecord, typed: dict[str, str]) -> Response:
    values = {
        "view": public_view(proposed),
        "typed": typed,
        "action": f"{request.url.path}?{request.url.query}",
    }
    return desk.pages.respond(request, "preview_company", "公開される内容の確認", values)


def _allow(request: Request, desk: _Desk, limit: Limit, who: str) -> bool:
    with writing(request.app.state.engine).begin() as connection:
        return desk.throttle.allow(connection, limit, who, time.time())


def _action(desk: _Desk, page: str) -> str:
    return f"{desk.settings.site_url.rstrip('/')}{MOUNT}/{page}"


def _message(desk: _Desk, request: Request, title: str, sentence: str, *, status: int = 200) -> Response:
    values = {"sentences": [sentence] if sentence else [], "action": ""}
    return desk.pages.respond(request, "message", title, values, status=status)
