"""What the pages of the company's door share: the database, mail, keys, limits, and who holds a link."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import Response

from company_db.audit import Audit
from company_db.form_inputs import Tongues
from company_db.location import companies_url
from company_db.model import CompanyRecord
from company_db.photos import PhotoStore
from company_db.revisions import Revisions
from company_db.store import CompanyStore
from company_db.tables import throttle
from generator.errors import KohoError
from generator.forms.clerks import Clerks
from generator.forms.page import FormPages, language_of
from generator.forms.throttle import Limit, Throttle
from generator.forms.tokens import ExpiredTokenError, InvalidTokenError, Purpose, Tokens, keys_of
from generator.mail.choice import open_mailer
from generator.mail.mailer import Mailer
from generator.settings import Settings
from generator.storage.database import open_database, writing

MOUNT = "/update"
GRACE_DAYS = 1  # for one who opened the form in time and sends it late
_EXPIRED = Tongues(
    "リンクの期限が過ぎました。もう一度リンクを受け取ってください。",
    "This link is over. Please ask for a new one.",
)
_INVALID = Tongues(
    "リンクが正しくありません。メールのリンクをもう一度開いてください。",
    "This link is not right. Please open the link in the mail again.",
)
_SPENT = Tongues(
    "このリンクで送られた内容は、機構が確かめ終えました。さらに直すときは、新しいリンクを受け取ってください。",
    "Our office has finished with what was sent by this link. To change more, please ask for a new link.",
)


class LinkError(KohoError):
    """A link that opens nothing, with the words for the one who followed it."""

    def __init__(self, words: Tongues) -> None:
        super().__init__(words.ja)
        self.words = words


@dataclass(frozen=True)
class Ticket:
    """A link that was followed: whose record it opens, and as whom it proposes."""

    record: CompanyRecord
    by: str  # link:<id>; stands in the proposal
    language: str  # of the form: the address's, else the link's own


@dataclass(frozen=True)
class Desk:
    """Made once with the app, never changed."""

    settings: Settings
    engine: Engine
    pages: FormPages
    mailer: Mailer
    tokens: Tokens
    throttle: Throttle
    store: CompanyStore
    revisions: Revisions
    photos: PhotoStore
    audit: Audit
    clerks: Clerks

    @classmethod
    def open(cls, settings: Settings) -> Desk:
        """Open everything; ``SettingsError`` when a key is missing."""
        engine, keys = open_database(companies_url(settings)), keys_of(settings)
        return cls(
            settings,
            engine,
            FormPages(settings),
            open_mailer(settings),
            Tokens(keys),
            Throttle(throttle, keys[0].get_secret_value().encode()),
            CompanyStore(engine),
            Revisions(engine),
            PhotoStore(engine),
            Audit(engine),
            Clerks(engine),
        )

    def link_for(self, record: CompanyRecord, language: str) -> str:
        """Return a fresh link to a company's form; it dies with the contact's address and with its proposal's end."""
        content = {"k": record.key, "i": secrets.token_hex(8), "c": _mark_of(record), "l": language}
        token = self.tokens.sign(Purpose.EDIT_COMPANY, content)
        return f"{self.settings.site_url.rstrip('/')}{MOUNT}/edit?t={token}"

    def ticket(self, request: Request, *, grace_days: int = 0) -> Ticket:
        """Return whom a request's link lets in; ``LinkError`` when nobody."""
        try:
            content = self.tokens.read(
                Purpose.EDIT_COMPANY, request.query_params.get("t", ""), grace_days=grace_days
            )
        except ExpiredTokenError:
            raise LinkError(_EXPIRED) from None
        except InvalidTokenError:
            raise LinkError(_INVALID) from None
        record, by = self.store.find(str(content.get("k"))), f"link:{content.get('i')}"
        if record is None or content.get("c") != _mark_of(record):
            raise LinkError(_EXPIRED)
        if self.revisions.is_spent(by):
            raise LinkError(_SPENT)
        language = request.query_params.get("lang") or content.get("l")
        return Ticket(record, by, "en" if language == "en" else "ja")

    def allow(self, limit: Limit, who: str) -> bool:
        """Count one more and say whether it is within a limit."""
        with writing(self.engine).begin() as connection:
            return self.throttle.allow(connection, limit, who, time.time())

    def say(self, request: Request, title: Tongues, sentence: Tongues | None = None, **more: Any) -> Response:
        """Answer with a title and a sentence; ``more`` is a status or a language that is not the address's."""
        language = more.get("language") or language_of(request)
        values = {"sentences": [sentence.of(language)] if sentence else [], "action": ""}
        return self.pages.respond(request, "message", title.of(language), values, **more)


def address_of(page: str, request: Request, language: str) -> str:
    """Return the address of a page of this door for the holder of a link, relative to the form."""
    return f"{page}?{urlencode({'t': request.query_params.get('t', ''), 'lang': language})}"


def _mark_of(record: CompanyRecord) -> str:
    """Return a mark of the contact's address: when the contact changes, older links open nothing."""
    return hashlib.blake2b(record.contact_email.encode(), key=record.key.encode(), digest_size=8).hexdigest()
