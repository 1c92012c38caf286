"""A preview on this machine: the built site, rebuilt when its inputs change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from generator import console, discovery
from generator.errors import ContentError, KohoError
from generator.forms.serving import serving_app
from generator.settings import Settings
from generator.site.build import build_site

_LOOK_AGAIN_SECONDS = 1.0


def serve_site(settings: Settings, *, host: str, port: int) -> None:
    """Build, then serve the site and its doors until interrupted, building again on change."""
    _rebuild(settings)
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(lambda: _rebuild(settings), stop), daemon=True)
    watcher.start()
    console.out.print(f"http://{host}:{port}/ で見られます（Ctrl+C で終わり）")
    try:
        uvicorn.run(make_preview(settings), host=host, port=port, log_level="warning")
    finally:
        stop.set()


def make_preview(settings: Settings) -> Starlette:
    """Make the app: doors where they are mounted, the static site below them, its own 404 page."""
    site = Mount("/", app=StaticFiles(directory=settings.site, html=True, check_dir=False), name="site")

    async def missing(_: Request, error: Exception) -> Response:
        page = settings.site / "404.html"
        if isinstance(error, HTTPException) and error.status_code == 404 and page.is_file():
            return FileResponse(page, status_code=404)
        return Response(status_code=getattr(error, "status_code", 500))

    app = serving_app(discovery.doors(), settings, [site])
    app.add_exception_handler(404, missing)
    return app


def _watch(rebuild: Callable[[], None], stop: threading.Event) -> None:
    while not stop.wait(_LOOK_AGAIN_SECONDS):
        with suppress(OSError):
            rebuild()


def _rebuild(settings: Settings) -> None:
    try:
        report = build_site(settings, discovery.sources(), discovery.publishers())
    except ContentError as error:
        for problem in error.problems:
            console.err.print(str(problem), markup=False)
        return
    except KohoError as error:
        console.err.print(str(error), markup=False)
        return
    if not report.nothing_changed:
        console.out.print(f"作り直しました（{report.written}ファイル、{report.seconds:.1f}秒）")
