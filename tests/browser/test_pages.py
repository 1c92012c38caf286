"""Every kind of page in a real Chromium: accessible, no wider than a phone, and from our own origin alone."""

import gzip
from dataclasses import dataclass
from typing import Any

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
    "grants/overseas-sales-2023-1/",
    "grants/new-technology-single-2024-1/",
    "events/",
    "events/month/2023-11/",
    "events/2023/overseas-seminar-3/",
    "events/2023/mini-hiring/",
    "events/2023/seeds-workshop-4/",
    "events/2023/trade-practice-course/",
    "events/past/",
    "notices/",
    "notices/2023/",
    "notices/2023/germany-matching-call/",
    "stories/",
    "stories/university-sensor/",
    "reports/",
    "reports/trade-survey-2023/",
    "news/",
    "patents/",
    "patents/crop-image/",
    "orders/",
    "orders/food-oem-offer/",
    "places/",
    "places/yorozu-desk/",
    "about/",
    "about/plan/",
    "about/accessibility/",
    "about/accessibility-result/",
    "about/privacy/",
    "about/contact/",
    "opendata/",
    "newsletters/",
    "newsletters/magazine/",
    "newsletters/magazine/2023-11-15/",
    "search/",
    "404.html",
    "429.html",
    "en/",
    "en/about/",
    "en/programs/overseas-business/",
    "en/programs/",
    "en/events/",
    "en/events/2023/kouiki-matching/",
    "en/grants/overseas-sales-2023-2/",
    "en/places/overseas-desk/",
    "en/about/terms/",
    "en/search/",
)
_MEMBER, _MEMBER_WITHOUT_NUMBER, _REGISTER_ONLY, _CLOSED = (
    "9999900008695",
    "k00000001",
    "1999950001599",
    "6999950003608",
)
COMPANY_PAGES = (
    "companies/",
    "companies/industry/E/",
    "companies/industry/E/2/",
    "companies/municipality/08201/",
    "companies/process/additive/",
    "companies/certification/business-continuity/",
    "companies/kana/a/",
    *(f"companies/{key}/" for key in (_MEMBER, _MEMBER_WITHOUT_NUMBER, _REGISTER_ONLY, _CLOSED)),
)
PAGES += (*COMPANY_PAGES, *(f"en/{address}" for address in COMPANY_PAGES))
LOOKS = ({"color_scheme": "light"}, {"color_scheme": "dark"})
PHONE = {"width": 375, "height": 700}
DESK = {"width": 1280, "height": 900}
HOME_BYTES, PAGE_BYTES, NEXT_BYTES = 150_000, 100_000, 20_000
REQUESTS = 8
LAYOUT_SHIFT = 0.05


def failures(page: Page, options: dict[str, list[str]]) -> list[str]:
    found = Axe().run(page, options=options).response["violations"]
    return [f"{v['id']}: {v['help']} {v['nodes'][0]['html'][:160]}" for v in found]


@pytest.mark.parametrize(
    ("look", "size", "rules"),
    [(LOOKS[0], DESK, {}), (LOOKS[1], PHONE, {"runOnly": ["color-contrast", "target-size"]})],
    ids=["light", "dark phone, where only colours and sizes differ"],
)
def test_axe_finds_nothing_on_any_kind_of_page(
    chromium: Browser,
    sample_site: str,
    look: dict[str, str],
    size: dict[str, int],
    rules: dict[str, list[str]],
) -> None:
    wrong: dict[str, list[str]] = {}
    with open_context(chromium, origin=sample_site, viewport=size, **look) as context:
        page = context.new_page()
        for address in PAGES:
            answer = page.goto(sample_site + address)
            assert answer is not None
            assert answer.ok, address
            page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
            if found := failures(page, rules):
                wrong[address] = found
    assert wrong == {}


def test_no_page_must_be_moved_sideways(chromium: Browser, sample_site: str) -> None:
    """At 320 px, at 200 % zoom of a desk's screen, and with letters of twice the size."""
    wide: list[str] = []
    with open_context(chromium, origin=sample_site) as context:
        page = context.new_page()
        for address in PAGES:
            page.goto(sample_site + address)
            page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
            wide += [f"{address} {way}" for way in SIZES if is_too_wide(page, *way)]
    assert wide == []


SIZES = ((320, "100%"), (640, "100%"), (1280, "200%"))


def is_too_wide(page: Page, width: int, letters: str) -> bool:
    page.set_viewport_size({"width": width, "height": 700})
    page.evaluate("size => { document.documentElement.style.fontSize = size; }", letters)
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


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


@pytest.mark.parametrize(
    "address", ["", "programs/", "grants/", "about/plan/", "newsletters/magazine/", "en/"]
)
def test_a_page_is_light_and_does_not_move_under_the_reader(
    chromium: Browser, sample_site: str, address: str
) -> None:
    with open_context(chromium, origin=sample_site, viewport=PHONE) as context:
        page = context.new_page()
        first = visit(page, sample_site + address)
        following = visit(page, f"{sample_site}events/")
    assert 0 < first.bytes <= (PAGE_BYTES if address else HOME_BYTES)
    assert 0 < following.bytes <= NEXT_BYTES
    assert first.requests <= REQUESTS
    assert max(first.moved, following.moved) <= LAYOUT_SHIFT


@dataclass(frozen=True)
class Visit:
    bytes: int  # compressed, without what the browser had kept
    requests: int
    moved: float


def visit(page: Page, url: str) -> Visit:
    """Go to a page as a visitor would, and measure what that took."""
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    kept: set[str] = set()
    fetched: dict[str, str] = {}
    client.on("Network.requestServedFromCache", lambda event: kept.add(event["requestId"]))
    client.on("Network.responseReceived", lambda event: note(event, fetched, kept))
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(e => { window.moved += e.value; }))"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    page.goto(url, wait_until="load")
    new = [url for request, url in fetched.items() if request not in kept]
    sizes = [len(gzip.compress(page.request.get(url).body())) for url in new if not url.startswith("data:")]
    return Visit(sum(sizes), len(sizes), page.evaluate("window.moved"))


def note(event: dict[str, Any], fetched: dict[str, str], kept: set[str]) -> None:
    fetched[event["requestId"]] = event["response"]["url"]
    if event["response"].get("fromDiskCache"):
        kept.add(event["requestId"])
