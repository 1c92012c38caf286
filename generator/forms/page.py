"""Form pages in the site's own look: a template's body stamped into the shell of its language.

A form that anybody may open carries a token, good for a day; what comes without one is shown again, filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse

from generator.forms.fields import FieldError, FormReading
from generator.forms.refusal import refusal_of, size_words
from generator.forms.tokens import InvalidTokenError, Purpose, Tokens, keys_of
from generator.rendering.templates import Templates
from generator.settings import Settings
from generator.site.shell import Shell

LANGUAGES = ("ja", "en")
OPENED_LONG_AGO = {
    "ja": "ページを開いてから時間がたちました。内容を確かめて、もう一度ボタンを押してください",
    "en": "This page was opened some time ago. Please look it over and press the button again",
}
_PLAIN = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1"><title><!--koho:title--></title>'
    '<!--koho:head--></head><body><main id="main"><!--koho:body--></main></body></html>'
)
REDRAW = "redraw"
"""The button that shows a form in the other language with all that was typed; the page's own switch leads to it."""
_SWITCH = re.compile(rb'(<a class="k-lang" href=")[^"]*')
_HEAD = b'<meta name="robots" content="noindex"><link rel="stylesheet" href="%sassets/forms.css">'


class FormPages:
    """Renders ``templates/forms/<name>.html`` for one site."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._templates = Templates([settings.templates / "forms"])
        self._tokens = Tokens(keys_of(settings))
        self._shells = {language: _load_shell(settings, language) for language in LANGUAGES}

    def respond(
        self,
        request: Request,
        name: str,
        title: str,
        values: Mapping[str, object],
        *,
        errors: Sequence[FieldError] = (),
        status: int = 200,
        language: str = "",
    ) -> HTMLResponse:
        """Answer with a form page; with errors the status is 422 and the title says so.

        The language is the address's own unless one is given.
        """
        language = language or language_of(request)
        base = root_of(self._settings)
        shown = {
            "title": title,
            "base": base,
            "language": language,
            "organization": self._settings.organization,
            "errors": errors,
            "error_of": {error.name: error.message for error in errors},
            "form_token": partial(self._tokens.sign, Purpose.FORM, {"f": name}),
            **values,
        }
        other = _in_other_language(request, language)
        body = self._templates.render(f"{name}.html", {"in_other_language": other, **shown})
        marked = f"{'誤りがあります: ' if language == 'ja' else 'Error: '}{title}" if errors else title
        page = self._shells[language].stamp(
            title=escape(f"{marked} | {self._organization(language)}").encode(),
            head=_HEAD % base.encode(),
            body=body.encode(),
        )
        if "form" in values or "language" not in request.path_params:
            leads_to = f"#{REDRAW}" if "form" in values else other
            page = _SWITCH.sub(lambda found: found[1] + escape(leads_to).encode(), page, count=1)
        return HTMLResponse(page, status_code=422 if errors else status)

    def refuse(self, request: Request, status: int, limit: int) -> HTMLResponse:
        """Answer that a request cannot be taken, and what to do; ``limit`` is the most octets that the door takes."""
        refusal, tongue = refusal_of(status, limit), LANGUAGES.index(language_of(request))
        sentences = [pair[tongue].format(limit=size_words(limit)) for pair in refusal.sentences]
        values = {"sentences": sentences, "action": ""}
        return self.respond(request, "message", refusal.title[tongue], values, status=status)

    def check_token(self, reading: FormReading, name: str) -> None:
        """Refuse what was not typed into our own form of this name within a day."""
        try:
            fetched = self._tokens.read(Purpose.FORM, reading.typed.get("form", "")).get("f") == name
        except InvalidTokenError:
            fetched = False
        if not fetched:
            reading.refuse("form", OPENED_LONG_AGO[reading.language])

    def _organization(self, language: str) -> str:
        organization = self._settings.organization
        return organization.name if language == "ja" else organization.name_en


def root_of(settings: Settings) -> str:
    """Return the path of the site's root, ``/`` or ``/sub/``: pages link by path, whatever host serves them."""
    return urlsplit(settings.site_url).path or "/"


def _in_other_language(request: Request, language: str) -> str:
    """Return the page's own address in the other language."""
    other = request.url.include_query_params(lang="ja" if language == "en" else "en")
    return f"{other.path}?{other.query}"


def language_of(request: Request) -> str:
    """Return the page's language: ``?lang=en`` or a path that says ``en``, else Japanese."""
    chosen = request.path_params.get("language") or request.query_params.get("lang")
    return "en" if chosen == "en" else "ja"


def _load_shell(settings: Settings, language: str) -> Shell:
    path = settings.build / "shells" / f"{language}.html"
    return Shell.from_html(
        path.read_text(encoding="utf-8") if path.exists() else _PLAIN.format(language=language)
    )
