"""A preview on this machine: the built site, rebuilt when its inputs change, with what is wrong shown on its pages."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from generator import console, discovery
from generator.errors import ContentError, KohoError
from generator.forms.serving import serving_app
from generator.settings import Settings
from generator.site.build import build_site
from generator.site.fingerprint import input_fingerprint

_LOOK_AGAIN_SECONDS = 1.0
_STATE = "/_preview"
_NOTICE = (
    '<aside role="alert" style="position:fixed;inset:auto 0 0 0;z-index:99;max-height:50vh;overflow:auto;'
    'padding:1rem 1.5rem;background:#7a1020;color:#fff;font-size:1rem;line-height:1.7">'
    "<p><strong>{title}</strong></p><ul>{problems}</ul></aside>"
)
_NO_SITE = '<!doctype html><html lang="ja"><title>まだありません</title><body><p>まだサイトがありません。</p></body></html>'
_RELOAD = (
    "<script>{let seen;setInterval(async()=>{try{const now=await(await fetch('%s')).text();"
    "if(seen&&now!==seen)location.reload();seen=now}catch{}},1000)}</script>"
)


def serve_site(settings: Settings, *, host: str, port: int) -> None:
    """Build, then serve the site and its doors until interrupted, building again on change."""
    workshop = Workshop(settings)
    workshop.look()
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(workshop, stop), daemon=True)
    watcher.start()
    console.out.print(f"http://{host}:{port}/ で見られます（Ctrl+C で終わり）")
    try:
        uvicorn.run(make_preview(settings, workshop), host=host, port=port, log_level="warning")
    finally:
        stop.set()


@dataclass
class Workshop:
    """The site in the making: how often it was made, and what keeps it from being made now."""

    settings: Settings
    made: int = 0
    problems: tuple[str, ...] = ()
    _seen: str = ""

    @property
    def state(self) -> str:
        """A text that changes with what a page would show."""
        return f"{self.made} {' '.join(self.problems)}"

    def look(self) -> None:
        """Build again if the inputs changed since the last look; problems are said once and kept for the pages."""
        sources, publishers = discovery.sources(), discovery.publishers()
        fingerprint = ""
        try:
            fingerprint = input_fingerprint(self.settings, sources, publishers)
            if fingerprint == self._seen:
                return
            report = build_site(self.settings, sources, publishers)
        except KohoError as error:
            self._seen = fingerprint
            self._keep(error)
            return
        self._seen = fingerprint
        if self.made and not report.nothing_changed:
            console.out.print(f"作り直しました（{report.written}ファイル、{report.seconds:.1f}秒）")
        self.made, self.problems = self.made + 1, ()

    def _keep(self, error: KohoError) -> None:
        found = tuple(map(str, error.problems if isinstance(error, ContentError) else (error,)))
        if found != self.problems:
            console.err.print("\n".join(found), markup=False)
        self.problems = found

    def dress(self, html: str) -> str:
        """Put what is wrong on a page, and let the page load itself anew when the state changes."""
        notice = ""
        if self.problems:
            title = f"誤りが {len(self.problems)} 件あります。直すまで、前に作ったページを見せています"
            lines = "".join(f"<li>{escape(problem)}</li>" for problem in self.problems)
            notice = _NOTICE.format(title=title, problems=lines)
        head, mark, tail = html.rpartition("</body>")
        return f"{head}{notice}{_RELOAD % _STATE}{mark}{tail}"


def make_preview(settings: Settings, workshop: Workshop | None = None) -> Starlette:
    """Make the app: doors where they are mounted, the static site below them, its own 404 page.

    With a workshop, pages show what keeps the site from being made, and load themselves anew.
    """
    settings.site.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {"directory": settings.site, "html": True}
    files = _DressedFiles(workshop, **options) if workshop else StaticFiles(**options)
    routes: list[BaseRoute] = [Mount("/", app=files, name="site")]
    if workshop:

        async def state(_: Request) -> Response:
            return PlainTextResponse(workshop.state, headers={"Cache-Control": "no-store"})

        routes.insert(0, Route(_STATE, state))

    async def missing(_: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException) or error.status_code != 404:
            return Response(status_code=getattr(error, "status_code", 500))
        page = settings.site / "404.html"
        html = page.read_text(encoding="utf-8") if page.is_file() else _NO_SITE
        return HTMLResponse(workshop.dress(html) if workshop else html, 404)

    app = serving_app(discovery.doors(), settings, routes)
    app.add_exception_handler(404, missing)
    return app


class _DressedFiles(StaticFiles):
    def __init__(self, workshop: Workshop, **options: Any) -> None:
        super().__init__(**options)
        self._workshop = workshop

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a page as the workshop dresses it, with any other file as it is."""
        response = await super().get_response(path, scope)
        if not isinstance(response, FileResponse) or not str(response.path).endswith(".html"):
            return response
        html = Path(response.path).read_text(encoding="utf-8")
        dressed = self._workshop.dress(html)
        return HTMLResponse(dressed, response.status_code, headers={"Cache-Control": "no-store"})


def _watch(workshop: Workshop, stop: threading.Event) -> None:
    while not stop.wait(_LOOK_AGAIN_SECONDS):
        try:
            workshop.look()
        except OSError as error:  # a file was being written while it was read: the next look sees it whole
            console.err.print(f"読めないファイルがありました。もう一度見ます（{error}）", markup=False)
