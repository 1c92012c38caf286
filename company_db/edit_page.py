"""A company at its own form: adding rows and photos, looking at both pages, sending the proposal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from company_db.audit import Act
from company_db.completeness import weigh
from company_db.desk import GRACE_DAYS, Desk, LinkError, Ticket, address_of
from company_db.editing import (
    filled_fields,
    form_of,
    more_rows,
    photo_count,
    read_form,
    row_count,
    without_photo,
)
from company_db.form_fields import CHOOSABLE, FIELDS, SECTIONS, TABLES, label_of
from company_db.form_inputs import Tongues
from company_db.model import MOST_PHOTOS, CompanyRecord
from company_db.pages.preview import previews
from company_db.publication import public_view
from generator import clock
from generator.errors import DataError, RefusedError
from generator.forms.fields import FieldError
from generator.forms.photo import ACCEPTED, MOST_BYTES, REFUSALS, clean_photo
from generator.forms.throttle import Limit
from generator.rendering.pictures import PhotoRefusedError

MAX_BODY = 40 * 1024 * 1024  # bytes: a photo that is too large is refused in the form, not instead of it
MAX_FIELDS = 3_000
PHOTOS_A_DAY = Limit("photos", 60, 86_400)
_TITLE = Tongues("掲載内容を直す", "Update your company's page")
_TOO_MANY = Tongues(
    "写真の送信が多すぎます。明日もう一度お試しください",
    "Too many photos for today. Please try again tomorrow",
)


async def edit(request: Request) -> Response:
    """Show a company's form, or take it: the body is read only for the holder of a link."""
    desk: Desk = request.app.state.desk
    is_post = request.method == "POST"
    try:
        ticket = await desk.clerks.do(desk.ticket, request, grace_days=GRACE_DAYS if is_post else 0)
    except LinkError as error:
        return desk.say(request, error.words, status=400)
    sitting = _Sitting(request, desk, ticket)
    if not is_post:
        return await desk.clerks.do(sitting.begin)
    async with request.form(max_files=MOST_PHOTOS, max_fields=MAX_FIELDS) as form:
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
        files = {
            name: await value.read(MOST_BYTES + 1)
            for name, value in form.items()
            if isinstance(value, UploadFile) and value.filename
        }
    typed, errors = await sitting.with_photos(typed, files)
    return await desk.clerks.do(sitting.go_on, typed, errors)


async def photo(request: Request) -> Response:
    """Show a company its own photo, published or not."""
    desk: Desk = request.app.state.desk
    try:
        ticket = await desk.clerks.do(desk.ticket, request, grace_days=GRACE_DAYS)
    except LinkError:
        return Response(status_code=404)
    digest = request.query_params.get("d", "")
    found = await desk.clerks.do(desk.photos.find, ticket.record.key, digest)
    return Response(found.small, media_type="image/webp") if found else Response(status_code=404)


class _Sitting:
    """One request of a company at its form."""

    def __init__(self, request: Request, desk: Desk, ticket: Ticket) -> None:
        self._request = request
        self._desk = desk
        self._ticket = ticket
        self._language = ticket.language

    def begin(self) -> Response:
        """Show the form as the company left it: its open or returned proposal, else what stands."""
        found = self._desk.revisions.find_unaccepted(self._ticket.record.key)
        record = found[1] if found else self._ticket.record
        return self._form(form_of(record, self._language), unaccepted=found[0] if found else None)

    def go_on(self, typed: dict[str, str], errors: list[FieldError]) -> Response:
        """Take what was typed and do what was asked for; nothing typed is ever lost."""
        asked, _, what = typed.pop("do", "preview").partition(":")
        if asked == "language" and what in {"ja", "en"}:
            self._language = what
        if errors or asked in {"language", "back", "photo"}:
            return self._form(typed, errors)
        if asked == "rows" and what in TABLES:
            return self._form(more_rows(typed, what))
        if asked == "drop" and what.isdecimal():
            return self._form(without_photo(typed, int(what)))
        return self._decide(typed, is_final=asked == "send")

    async def with_photos(
        self, typed: dict[str, str], files: Mapping[str, bytes]
    ) -> tuple[dict[str, str], list[FieldError]]:
        """Keep each photo that came; the inputs then name it by its digest."""
        errors, typed = [], dict(typed)
        for place in range(MOST_PHOTOS):
            if data := files.get(f"photos-{place}-file"):
                try:
                    typed[f"photos-{min(place, photo_count(typed))}-digest"] = await self._keep(data)
                except (PhotoRefusedError, RefusedError) as error:
                    errors.append(FieldError(f"photos-{place}-file", self._told(error)))
        return typed, errors

    async def _keep(self, data: bytes) -> str:
        """Keep one photo; it is read beside the clerks, who have others to serve meanwhile."""
        desk, key, now = self._desk, self._ticket.record.key, clock.now()
        if not await desk.clerks.do(desk.allow, PHOTOS_A_DAY, key):
            raise RefusedError(key)
        try:
            clean = await run_in_threadpool(clean_photo, data)
        except PhotoRefusedError as error:
            await desk.clerks.do(desk.audit.note, Act.PHOTO_REFUSED, key, now, error.fault)
            raise
        kept = await desk.clerks.do(desk.photos.keep, key, clean, now)
        await desk.clerks.do(desk.audit.note, Act.PHOTO_KEPT, key, now, kept.digest)
        return kept.digest

    def _told(self, error: PhotoRefusedError | RefusedError) -> str:
        if isinstance(error, PhotoRefusedError):
            return REFUSALS[self._language][error.fault]
        return _TOO_MANY.of(self._language)

    def _decide(self, typed: dict[str, str], *, is_final: bool) -> Response:
        record, desk = self._ticket.record, self._desk
        values, proposed, errors = read_form(typed, record, desk.photos.known(record.key), self._language)
        if errors or proposed is None:
            return self._form(typed, errors)
        if not is_final:
            return self._preview(proposed, typed)
        try:
            by = self._ticket.by
            desk.revisions.propose(record.key, values, at=clock.now(), by=by, language=self._language)
        except DataError as error:
            return self._form(typed, [FieldError("name", str(error))])
        return desk.say(
            self._request,
            Tongues("お送りいただきました", "Thank you, we have it"),
            Tongues(
                "機構が確かめてから公開します。結果はメールでお知らせします。それまでは、同じリンクから直せます。",
                "Our office will check it and then publish it. We will tell you by mail. Until then the same link lets you change it.",
            ),
            language=self._language,
        )

    def _form(self, typed: dict[str, str], errors: list[FieldError] | None = None, **more: Any) -> Response:
        record, language = self._ticket.record, self._language
        score, missing = weigh(filled_fields(typed))
        values = {
            "record": record,
            "form": typed,
            "sections": SECTIONS,
            "fields_of": FIELDS,
            "tables": TABLES,
            "rows": {name: range(row_count(typed, name)) for name in TABLES},
            "photo_places": range(min(photo_count(typed) + 1, MOST_PHOTOS)),
            "photo_page": address_of("photo", self._request, language),
            "accepted": ACCEPTED,
            "choosable": CHOOSABLE,
            "score": score,
            "missing": [(name, label_of(name).of(language)) for name in missing[:5]],
            "action": address_of("edit", self._request, language),
            "label_of": lambda name: label_of(name).of(language),
            "unaccepted": None,
        }
        title = _TITLE.of(language)
        return self._desk.pages.respond(
            self._request, "edit_company", title, values | more, errors=errors or (), language=language
        )

    def _preview(self, proposed: CompanyRecord, typed: dict[str, str]) -> Response:
        language = self._language
        view = replace(public_view(proposed), confirmed=self._desk.settings.as_of())
        values = {
            "pages": previews(view, self._desk.settings, address_of("photo", self._request, language)),
            "form": typed,
            "hidden": sorted(
                label_of(name).of(language) for name in filled_fields(typed) & CHOOSABLE - proposed.consent
            ),
            "action": address_of("edit", self._request, language),
        }
        title = Tongues("公開される内容の確認", "Look at your page before you send it").of(language)
        return self._desk.pages.respond(self._request, "preview_company", title, values, language=language)
