"""A company's way through its door and a buyer's way to the office, in a real browser and with the real commands."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from company_db.model import PhotoRecord
from company_db.photos import PhotoStore
from company_db.runs import Intake
from company_db.schema import SCHEMA
from company_db.store import CompanyStore
from generator import clock
from generator.rendering.pictures import remake_photo
from generator.storage.database import open_database
from tests.browser.conftest import open_context, press
from tests.browser.test_doors import SHOTS
from tests.builders import ON
from tests.served import KEY, Town, build, company, open_town

pytestmark = [pytest.mark.browser, pytest.mark.journey]

KOHO = Path(sys.executable).with_name("koho")
SECOND = "7123456789012"
HEADLINE, HEADLINE_EN = "極細の軸を千分台で削ります", "We turn hair-thin shafts"
DESK, SMALLEST = {"width": 1280, "height": 900}, {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with open_town(tmp_path_factory.mktemp("company")) as town:
        engine = open_database(SCHEMA.url_of(town.settings))
        second = company(
            key=SECOND, name="見本製作所株式会社", name_en="Mihon Works", headline="大きな部品を削ります"
        )
        kept = PhotoStore(engine).keep(KEY, remake_photo(photo()), clock.now())
        shown = PhotoRecord(digest=kept.digest, alt="工場の入口", width=kept.width, height=kept.height)
        first = company(photos=(shown,))
        CompanyStore(engine).save([first, second], Intake(clock.now(), "test", "test"))
        engine.dispose()
        build(town.settings)
        yield town


@pytest.fixture
def page(chromium: Browser, town: Town) -> Iterator[Page]:
    """A company's small phone, without JavaScript."""
    with open_context(chromium, origin=town.origin, viewport=SMALLEST, java_script_enabled=False) as context:
        yield context.new_page()


@pytest.fixture
def buyer(chromium: Browser, town: Town) -> Iterator[Page]:
    with open_context(chromium, origin=town.origin, viewport=DESK, reduced_motion="reduce") as context:
        yield context.new_page()


def koho(town: Town, *arguments: str) -> str:
    """Run the real command on the town's project, as staff do."""
    settings = town.settings
    variables = {"KOHO_ON": str(ON), "KOHO_SITE_URL": settings.site_url, "KOHO_PROCESSES": "1"}
    keys = {"KOHO_SECRET_KEYS": settings.secret_keys[0].get_secret_value()}
    command = [str(KOHO), *arguments, "--project", str(settings.project)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"]} | variables | keys,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def photo() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (36.0, 20.0, 30.0)})
    Image.effect_noise((1200, 900), 30).convert("RGB").save(out, "JPEG", exif=exif)
    return out.getvalue()


def edit_everything(page: Page) -> None:
    page.locator("#f-headline").fill(HEADLINE)
    page.locator("#f-headline_en").fill(HEADLINE_EN)
    page.locator("#f-capabilities-0-materials").fill("チタン、謎の金属")
    page.locator("#f-equipment-0-name").fill("ワイヤ放電加工機")
    press(page, "保有設備の行を足す")
    page.locator("#f-equipment-1-name").fill("三次元測定機")
    page.locator("#f-equipment-1-name_en").fill("Coordinate measuring machine")
    page.locator("#f-equipment-1-inspection").check()
    page.locator("#f-photos-1-file").set_input_files(
        {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    page.locator("#f-photos-1-alt").fill("指先に載せた軸")
    page.locator("#f-photos-1-alt_en").fill("A shaft on a fingertip")
    assert "「謎の金属」は一覧にありません" in press(page, "公開される内容を確かめる")
    assert page.title().startswith("誤りがあります")
    page.get_by_role("link", name="謎の金属").click()
    assert page.url.endswith("#f-capabilities-0-materials")
    page.locator("#f-capabilities-0-materials").fill("チタン")


def test_a_company_asks_edits_looks_sends_and_is_found(page: Page, buyer: Page, town: Town) -> None:
    page.goto(f"{town.origin}/companies/{KEY}/")
    page.get_by_role("link", name="自社の掲載内容を直す").click()
    page.get_by_label("法人番号").fill(KEY)
    assert "リンクを送りました" in press(page, "リンクをメールで受け取る")
    page.goto(town.link(town.wait_for_mails("companies", 1)[-1], "/update/edit"))
    assert page.locator("header .k-lang").get_attribute("href") == "#redraw"
    edit_everything(page)
    preview = press(page, "公開される内容を確かめる")
    assert all(word in preview for word in (HEADLINE, HEADLINE_EN, "Coordinate measuring machine", "チタン"))
    photo = page.locator("img[alt='指先に載せた軸']")
    photo.scroll_into_view_if_needed()
    assert photo.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
    assert "お送りいただきました" in press(page, "この内容で機構に送る")

    assert "待っている申請: 1件" in koho(town, "companies", "review")
    shown = koho(town, "companies", "review", "1", "--photos", str(town.settings.project / "look"))
    assert f"+ {HEADLINE}" in shown
    assert "指先に載せた軸（英語: A shaft on a fingertip、1200×900" in shown
    pictures = [*(town.settings.project / "look").glob("*.webp")]
    assert len(pictures) == 2
    assert not any(b"Exif" in picture.read_bytes() for picture in pictures)
    assert "受け入れました" in koho(town, "companies", "review", "1", "--accept", "--who", "職員")
    mail = town.wait_for_mails("companies", 2)[-1]
    assert (mail["To"], mail["Subject"]) == ("tantou@example.jp", "掲載内容の変更を受け付けました")
    koho(town, "build")

    for prefix, headline, words in (
        ("", HEADLINE, "指先に載せた軸"),
        ("en/", HEADLINE_EN, "A shaft on a fingertip"),
    ):
        buyer.goto(f"{town.origin}/{prefix}companies/{KEY}/")
        expect(buyer.locator(".d-headline")).to_have_text(headline)
        image = buyer.get_by_role("img", name=words)
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.naturalWidth") == 640
    for path, query, headline in (
        ("search/", "極細の軸", HEADLINE),
        ("en/search/", "hair-thin", HEADLINE_EN),
    ):
        buyer.goto(f"{town.origin}/{path}?q={query}")
        found = buyer.locator("li", has=buyer.locator(f'a[href$="companies/{KEY}/"]')).first
        expect(found).to_contain_text(headline)


def test_a_buyers_shortlist_becomes_an_inquiry_in_the_offices_outbox(buyer: Page, town: Town) -> None:
    buyer.goto(f"{town.origin}/search/?q=部品")
    buyer.get_by_role("button", name=re.compile("検討リストに入れる.*見本精機株式会社")).click()
    buyer.goto(f"{town.origin}/companies/{SECOND}/")
    keep = buyer.get_by_role("button", name="検討リストに入れる")
    keep.click()
    expect(buyer.get_by_role("button", name="検討リストに入れました")).to_have_attribute(
        "aria-pressed", "true"
    )
    buyer.get_by_role("link", name="検討リスト（2社）").click()
    expect(buyer.get_by_role("columnheader", name=re.compile("見本製作所"))).to_be_visible()
    buyer.get_by_role("link", name="選んだ企業について問い合わせる").click()
    asked = buyer.locator("main").inner_text()
    assert "見本精機株式会社" in asked
    assert "見本製作所株式会社" in asked
    buyer.get_by_label("内容").fill("部品を百個、来月までにつくれますか。")
    buyer.get_by_label("お名前").fill("買い手")
    buyer.get_by_label("メールアドレス").fill("buyer@example.com")
    assert "承りました" in press(buyer, "問い合わせを送る")
    mails = {str(mail["To"]): mail for mail in town.wait_for_mails("inquiries", 2)}
    body = mails[town.settings.organization.email].get_body(("plain",))
    assert body
    text = body.get_content()
    assert all(word in text for word in (KEY, SECOND, "見本精機株式会社", "見本製作所株式会社", "部品を百個"))
    assert "tantou@example.jp" not in text


def test_the_page_of_a_company_with_photos_is_for_everybody(buyer: Page, town: Town) -> None:
    for path in (f"companies/{KEY}/", f"en/companies/{KEY}/"):
        for scheme in ("light", "dark"):
            buyer.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            buyer.goto(town.origin + "/" + path)
            assert Axe().run(buyer).response["violations"] == []
            keep_pictures(buyer, f"company-{path[:2]}-{scheme}")
        buyer.set_viewport_size(SMALLEST)  # type: ignore[arg-type]
        assert buyer.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"]
        buyer.set_viewport_size(DESK)  # type: ignore[arg-type]


def keep_pictures(page: Page, name: str) -> None:
    for width in (375, 1280) if SHOTS else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
