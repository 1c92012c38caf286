"""Every kind of page in a real Chromium: accessible, no wider than a phone, and from our own origin alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import open_context

pytestmark = pytest.mark.browser

PAGES = (
    "",
    "programs/",
    "programs/needs/abroad/",
    "programs/overseas-sales-grant/",
    "grants/",
    "grants/overseas-sales-2023-2/",
    "events/",
    "events/month/2023-11/",
    "events/2023/overseas-seminar-3/",
    "events/2023/mini-hiring/",
    "notices/",
    "patents/",
    "patents/crop-image/",
    "orders/",
    "places/",
    "places/yorozu-desk/",
    "about/",
    "about/plan/",
    "opendata/",
    "newsletters/",
    "search/",
    "404.html",
    "en/",
    "en/about/",
    "en/programs/overseas-business/",
)
LOOKS = ({"color_scheme": "light"}, {"color_scheme": "dark"})
PHONE = {"width": 375, "height": 700}
DESK = {"width": 1280, "height": 900}
SMALLEST = {"width": 320, "height": 600}
HOME_BYTES, PAGE_BYTES = 150_000, 100_000


def failures(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']} {v['nodes'][0]['html'][:160]}" for v in found]


@pytest.mark.parametrize(("look", "size"), [(LOOKS[0], DESK), (LOOKS[1], PHONE)], ids=["light", "dark phone"])
def test_axe_finds_nothing_on_any_kind_of_page(
    chromium: Browser, sample_site: str, look: dict[str, str], size: dict[str, int]
) -> None:
    wrong: dict[str, list[str]] = {}
    with open_context(chromium, origin=sample_site, viewport=size, **look) as context:
        page = context.new_page()
        for address in PAGES:
            page.goto(sample_site + address)
            if found := failures(page):
                wrong[address] = found
    assert wrong == {}


def test_no_page_is_wider_than_the_smallest_phone(chromium: Browser, sample_site: str) -> None:
    wide = []
    with open_context(chromium, origin=sample_site, viewport=SMALLEST) as context:
        page = context.new_page()
        for address in PAGES:
            page.goto(sample_site + address)
            if page.evaluate("document.documentElement.scrollWidth") > SMALLEST["width"]:
                wide.append(address)
    assert wide == []


def test_the_grants_table_is_sorted_by_pressing_a_head(chromium: Browser, sample_site: str) -> None:
    with open_context(chromium, origin=sample_site, viewport=DESK) as context:
        page = context.new_page()
        page.goto(f"{sample_site}grants/")
        cells = page.locator("table[data-sortable] td[data-label='限度額']")
        page.get_by_role("button", name="限度額").click()
        rising = [int(value) for value in cells.evaluate_all("all => all.map(c => c.dataset.value)")]
        page.get_by_role("button", name="限度額").click()
        falling = [int(value) for value in cells.evaluate_all("all => all.map(c => c.dataset.value)")]
        assert rising == sorted(rising)
        assert falling == sorted(falling, reverse=True)
        head = page.locator("th", has=page.get_by_role("button", name="限度額"))
        assert head.get_attribute("aria-sort") == "descending"


def test_the_keyboard_skips_to_the_words(chromium: Browser, sample_site: str) -> None:
    with open_context(chromium, origin=sample_site, viewport=DESK) as context:
        page = context.new_page()
        page.goto(f"{sample_site}events/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "本文へ"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_the_language_switch_keeps_the_page(chromium: Browser, sample_site: str) -> None:
    with open_context(chromium, origin=sample_site, viewport=DESK) as context:
        page = context.new_page()
        page.goto(f"{sample_site}programs/overseas-business/")
        page.get_by_role("link", name="English").click()
        page.wait_for_url("**/en/programs/overseas-business/")
        assert page.locator("html").get_attribute("lang") == "en"
        page.get_by_role("link", name="日本語").click()
        page.wait_for_url(f"{sample_site}programs/overseas-business/")


@pytest.mark.parametrize("address", ["", "programs/overseas-sales-grant/", "events/"])
def test_a_page_is_light_and_does_not_move_under_the_reader(
    chromium: Browser, sample_site: str, address: str
) -> None:
    import gzip

    with open_context(chromium, origin=sample_site, viewport=PHONE) as context:
        page = context.new_page()
        sizes: list[int] = []
        page.on("response", lambda response: sizes.append(len(gzip.compress(response.body()))))
        page.add_init_script(
            "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(e => { window.moved += e.value; }))"
            ".observe({type: 'layout-shift', buffered: true});"
        )
        page.goto(sample_site + address, wait_until="networkidle")
        assert sum(sizes) <= (PAGE_BYTES if address else HOME_BYTES)
        assert len(sizes) <= 6
        assert page.evaluate("window.moved") <= 0.05
