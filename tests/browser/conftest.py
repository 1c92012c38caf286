"""The sample's site in a real Chromium; every request is recorded, and none may leave the origin."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from company_db.commands.sample import load as load_sample_companies
from company_db.schema import SCHEMA
from generator import discovery
from generator.site.build import build_site
from generator.storage import migrations
from tests.browsing import serve_folder
from tests.builders import ON, make_settings

ROOT = Path(__file__).parents[2]


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


def press(page: Page, name: str) -> str:
    """Press a button that sends a form, wait for the answer and return what it says."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()
    return page.locator("main").inner_text()
