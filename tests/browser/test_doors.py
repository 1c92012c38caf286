"""Every form page and state in a real Chromium: accessible in light and dark, and no wider than a phone."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page

from company_db.revisions import Revisions
from company_db.runs import Intake
from company_db.schema import SCHEMA
from generator import clock
from generator.storage.database import open_database
from tests.browser.conftest import open_context, press
from tests.served import KEY, Town, open_town

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 700}
SMALLEST = 320
EVENT = "business-exchange"
SHOTS = os.environ.get("KOHO_SHOTS", "")  # a folder that gets a picture of every page and state


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with open_town(tmp_path_factory.mktemp("doors")) as town:
        yield town


@dataclass
class Walk:
    """A visitor who stops on every page and looks at it in both looks."""

    page: Page
    town: Town
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def go(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.town.origin + path)

    def press(self, name: str) -> None:
        press(self.page, name)

    def look(self, name: str, *schemes: Literal["light", "dark"]) -> None:
        """Run axe in light and dark (or as asked), and see that nothing is wider than the smallest phone."""
        for scheme in schemes or ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            found = Axe().run(self.page).response["violations"]
            wrong = [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found]
            if wrong:
                self.wrong[f"{name} {scheme}"] = wrong
            self.keep_pictures(f"{name}-{scheme}")
        self.page.set_viewport_size({"width": SMALLEST, "height": 600})
        if self.page.evaluate("document.documentElement.scrollWidth") > SMALLEST:
            self.wrong[f"{name} width"] = [str(self.page.evaluate("document.documentElement.scrollWidth"))]
        self.page.set_viewport_size(DESK)  # type: ignore[arg-type]

    def keep_pictures(self, name: str) -> None:
        for size in (PHONE, DESK) if SHOTS else ():
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.page.screenshot(path=Path(SHOTS) / f"{name}-{size['width']}.png", full_page=True)


@pytest.fixture
def walk(chromium: Browser, town: Town) -> Iterator[Walk]:
    with open_context(chromium, origin=town.origin, viewport=DESK, reduced_motion="reduce") as context:
        walk = Walk(context.new_page(), town)
        yield walk
        assert walk.wrong == {}


def test_the_pages_of_a_subscriber(walk: Walk) -> None:
    walk.go("/mail/subscribe")
    walk.look("subscribe")
    walk.page.get_by_label("メールアドレス").fill("taro@")
    walk.press("確認メールを受け取る")
    assert walk.page.title().startswith("誤りがあります")
    assert walk.page.get_by_label("メールアドレス").input_value() == "taro@"
    walk.look("subscribe-errors", "dark")
    walk.page.get_by_label("メールアドレス").fill("taro@example.jp")
    walk.page.locator("#f-agree").check()
    walk.press("確認メールを受け取る")
    walk.look("subscribe-sent", "dark")
    (mail,) = walk.town.wait_for_mails("subscriptions", 1)
    walk.go(walk.town.link(mail, "/mail/confirm"))
    walk.look("confirm")
    walk.press("登録する")
    walk.look("confirmed", "dark")


def test_the_english_form_of_a_subscriber(walk: Walk) -> None:
    walk.go("/mail/subscribe?lang=en")
    assert walk.page.locator("html").get_attribute("lang") == "en"
    walk.look("subscribe-en")


def test_the_pages_of_one_who_changes_or_leaves(walk: Walk) -> None:
    from generator.forms.tokens import Tokens
    from newsletters.audience.model import Consent
    from newsletters.audience.store import open_audience
    from newsletters.links import manage_url, unsubscribe_url

    settings, audience = walk.town.settings, open_audience(walk.town.settings)
    consent = Consent(1_700_000_000, "form", "同意", "/mail/subscribe")
    number = audience.subscribe("hanako@example.jp", "magazine", consent)
    audience.confirm(number, "magazine", consent)
    audience.close()
    walk.go(manage_url(settings.site_url, Tokens(settings.secret_keys), number))
    walk.look("preferences")
    walk.press("この内容で保存する")
    walk.look("preferences-saved", "dark")
    walk.go(unsubscribe_url(settings.site_url, Tokens(settings.secret_keys), number, "magazine"))
    walk.look("unsubscribe")
    walk.press("配信を停止する")
    walk.look("unsubscribed", "dark")
    walk.go("/mail/confirm?t=broken")
    walk.look("broken-link")


def test_the_pages_of_a_visitor_of_an_event(walk: Walk) -> None:
    walk.go(f"/register/2023/{EVENT}/")
    walk.look("register")
    walk.press("申し込んで確認メールを受け取る")
    walk.look("register-errors", "dark")
    walk.page.get_by_label("お名前").fill("見本 太郎")
    walk.page.get_by_label("メールアドレス").fill("taro@example.jp")
    walk.press("申し込んで確認メールを受け取る")
    walk.look("registered", "dark")
    fill_up(walk.town)
    walk.go(f"/register/2023/{EVENT}/")
    assert "キャンセル待ち" in walk.page.locator("main").inner_text()
    walk.look("register-full")
    walk.page.get_by_label("お名前").fill("見本 花子")
    walk.page.get_by_label("メールアドレス").fill("hanako@example.jp")
    walk.press("申し込んで確認メールを受け取る")
    walk.look("waiting")
    walk.go(walk.town.link(walk.town.wait_for_mails("registrations", 2)[-1], "/register/cancel"))
    walk.look("cancel")


def fill_up(town: Town) -> None:
    """Take every place that is left."""
    from generator import clock
    from generator.registrations.store import RegistrationStore, Request
    from generator.registrations.tables import registrations_url
    from generator.storage.database import open_database, writing

    engine = open_database(registrations_url(town.settings))
    with writing(engine).begin() as connection:
        for number in range(99):
            address = f"p{number}@example.jp"
            request = Request(f"events/2023/{EVENT}/", address, address, "見本", "", "", 1, "", "ja")
            RegistrationStore(engine).register(connection, request, 100, clock.now())
    engine.dispose()


def test_the_pages_of_a_buyer(walk: Walk) -> None:
    walk.go(f"/inquiry/?companies={KEY},7123456789012")
    assert "見本精機株式会社" in walk.page.locator("main").inner_text()
    walk.look("inquiry")
    walk.press("問い合わせを送る")
    walk.look("inquiry-errors", "dark")
    walk.page.get_by_label("内容").fill("部品を百個つくれますか。")
    walk.page.get_by_label("お名前").fill("買い手")
    walk.page.get_by_label("メールアドレス").fill("buyer@example.jp")
    walk.press("問い合わせを送る")
    walk.look("inquiry-sent", "dark")
    walk.go(f"/inquiry/?company={KEY}&lang=en")
    walk.look("inquiry-en")


def test_the_pages_of_a_company(walk: Walk) -> None:
    walk.go(f"/companies/{KEY}/")
    walk.page.get_by_role("link", name="自社の掲載内容を直す").click()
    walk.look("ask-link")
    walk.press("リンクをメールで受け取る")
    walk.look("ask-link-errors", "dark")
    walk.page.get_by_label("法人番号").fill(KEY)
    walk.press("リンクをメールで受け取る")
    walk.look("ask-link-sent", "dark")
    walk.go(walk.town.link(walk.town.wait_for_mails("companies", 1)[-1], "/update/edit"))
    walk.look("edit")
    walk.page.locator("#f-capital_yen").fill("たくさん")
    walk.page.locator("#f-photos-0-file").set_input_files(photo("p.svg", b"<svg/>"))
    walk.press("公開される内容を確かめる")
    walk.look("edit-errors", "dark")
    walk.page.locator("#f-capital_yen").fill("1000")
    out = io.BytesIO()
    Image.linear_gradient("L").resize((800, 600)).save(out, "PNG")
    walk.page.locator("#f-photos-0-file").set_input_files(photo("p.png", out.getvalue()))
    walk.page.locator("#f-photos-0-alt").fill("五軸の加工機")
    walk.press("English")
    walk.look("edit-en-with-photo")
    walk.press("Look at the page before sending")
    walk.look("preview-en", "dark")
    walk.press("Go back and change it")
    walk.press("日本語")
    walk.press("公開される内容を確かめる")
    walk.look("preview")
    walk.press("この内容で機構に送る")
    walk.look("edit-sent", "dark")


def photo(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": data}


def test_the_pages_of_a_company_in_english_that_was_asked_to_change_something(walk: Walk) -> None:
    send_back_one(walk.town)
    walk.go("/update/?lang=en")
    walk.look("ask-link-en")
    walk.page.get_by_label("Corporate Number").fill("12")
    walk.press("Get the link by mail")
    walk.look("ask-link-en-errors", "dark")
    walk.page.get_by_label("Corporate Number").fill(KEY)
    before = len(walk.town.mails("companies"))
    walk.press("Get the link by mail")
    mail = walk.town.wait_for_mails("companies", before + 1)[-1]
    walk.go(walk.town.link(mail, "/update/edit"))
    assert "Please say since when" in walk.page.locator("main").inner_text()
    walk.look("edit-sent-back", "dark")
    walk.page.locator("#f-name").fill("")
    walk.press("Look at the page before sending")
    walk.look("edit-en-errors")


def send_back_one(town: Town) -> None:
    """Let the office send a company's proposal back."""
    engine = open_database(SCHEMA.url_of(town.settings))
    values, now = {"headline_en": "The best shafts"}, clock.now()
    found = Revisions(engine).propose(KEY, values, at=now, by="link:x", language="en")
    Revisions(engine).send_back(found.id, "Please say since when.", Intake(now, "staff", "test"))
    engine.dispose()
