"""A real Chromium over a served folder; every request is recorded, and none may leave the origin."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from company_db.commands.sample import load as load_sample_companies
from company_db.schema import SCHEMA
from generator import discovery
from generator.site.build import build_site
from generator.storage import migrations
from tests.builders import ON, make_settings

ROOT = Path(__file__).parents[2]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def find_chromium() -> str | None:
    """Return ``$CHROMIUM``, else the first Chromium on PATH."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((found for name in names if name and (found := shutil.which(name))), None)


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def end_headers(self) -> None:
        if "/assets/" in self.path:  # as deploy/nginx.conf lets browsers keep them
            self.send_header("Cache-Control", "public, max-age=31536000")
        super().end_headers()


@contextmanager
def serve_folder(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port; yield its address with the last slash."""
    handler = functools.partial(_QuietHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; without a Chromium they are skipped with this reason."""
    path = find_chromium()
    if path is None:
        pytest.skip(
            "Chromium がありません: CHROMIUM=/path/to/chromium make test か、apt-get install chromium"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sample_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The project's own words and the sample companies as a served site; yields its address."""
    project = tmp_path_factory.mktemp("sample")
    for name in ("content", "templates"):
        (project / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "mkdocs.yml", project)
    settings = make_settings(project)
    migrations.upgrade(SCHEMA, settings)
    load_sample_companies(project, on=str(ON), quiet=True, as_json=False)
    build_site(settings, discovery.sources(), discovery.publishers())
    with serve_folder(settings.site) as address:
        yield address


@contextmanager
def open_context(browser: Browser, *, origin: str, **options: object) -> Iterator[BrowserContext]:
    """Open a context that fails the test when a page asks anything of another origin."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    foreign: list[str] = []
    context.on(
        "request",
        lambda request: (
            None if request.url.startswith((origin, "data:", "blob:")) else foreign.append(request.url)
        ),
    )
    try:
        yield context
        assert foreign == []
    finally:
        context.close()
