"""Form pages in the site's own look: a template's body stamped into the shell of its language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse

from generator.forms.fields import FieldError
from generator.rendering.templates import Templates
from generator.settings import Settings
from generator.site.shell import Shell

LANGUAGES = ("ja", "en")
_PLAIN = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1"><title><!--koho:title--></title>'
    '<!--koho:head--></head><body><main id="main"><!--koho:body--></main></body></html>'
)
_HEAD = b'<meta name="robots" content="noindex"><link rel="stylesheet" href="%sassets/forms.css">'


class FormPages:
    """Renders ``templates/forms/<name>.html`` for one site."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._templates = Templates([settings.templates / "forms"])
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
    ) -> HTMLResponse:
        """Answer with a form page; with errors the status is 422 and the title says so."""
        language = language_of(request)
        base = root_of(self._settings)
        shown = {
            "title": title,
            "base": base,
            "language": language,
            "organization": self._settings.organization,
            "errors": errors,
            "error_of": {error.name: error.message for error in errors},
            **values,
        }
        body = self._templates.render(f"{name}.html", shown)
        marked = f"{'誤りがあります: ' if language == 'ja' else 'Error: '}{title}" if errors else title
        page = self._shells[language].stamp(
            title=escape(f"{marked} | {self._organization(language)}").encode(),
            head=_HEAD % base.encode(),
            body=body.encode(),
        )
        return HTMLResponse(page, status_code=422 if errors else status)

    def _organization(self, language: str) -> str:
        organization = self._settings.organization
        return organization.name if language == "ja" else organization.name_en


def root_of(settings: Settings) -> str:
    """Return the path of the site's root, ``/`` or ``/sub/``: pages link by path, whatever host serves them."""
    return urlsplit(settings.site_url).path or "/"


def language_of(request: Request) -> str:
    """Return the page's language: ``?lang=en`` or a path that says ``en``, else Japanese."""
    chosen = request.path_params.get("language") or request.query_params.get("lang")
    return "en" if chosen == "en" else "ja"


def _load_shell(settings: Settings, language: str) -> Shell:
    path = settings.build / "shells" / f"{language}.html"
    return Shell.from_html(
        path.read_text(encoding="utf-8") if path.exists() else _PLAIN.format(language=language)
    )
