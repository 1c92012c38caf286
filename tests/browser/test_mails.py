"""The golden mails as a reader of mail shows them: light, dark, on a phone, and without their style sheet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

MAILS = sorted((Path(__file__).parents[1] / "newsletters" / "__snapshots__").rglob("*html-golden*.html"))
_RULES = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-name", "image-alt"]}}
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


def wrong_in(page: Page) -> list[str]:
    found = Axe().run(page, options=_RULES).response["violations"]
    return [f"{v['id']}: {node['html'][:80]}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize("width", [600, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("mail", MAILS, ids=lambda path: re.findall(r"golden[a-z-]*", path.stem)[-1])
def test_every_word_of_a_mail_can_be_read(chromium: Browser, mail: Path, scheme: str, width: int) -> None:
    look = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = look.new_page()
    page.set_content(mail.read_text(encoding="utf-8"))
    assert wrong_in(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    look.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_mail_whose_style_sheet_is_thrown_away_still_shows_everything(
    chromium: Browser, scheme: str
) -> None:
    whole = MAILS[-1].read_text(encoding="utf-8")
    bare = _STYLE.sub("", whole)
    assert bare != whole
    look = chromium.new_context(color_scheme=scheme, viewport={"width": 600, "height": 800})
    page = look.new_page()
    page.set_content(whole)
    words = page.locator("body").inner_text()
    page.set_content(bare)
    assert page.locator("body").inner_text() == words
    assert wrong_in(page) == []
    look.close()
