"""Reading without a mouse, on paper, without motion, and with headings that break between phrases."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import open_context

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}
A4 = {"width": 718, "height": 1000}  # 190 mm at 96 px an inch
ROOMS = (
    "",
    "programs/overseas-sales-grant/",
    "grants/",
    "events/2023/kouiki-matching/",
    "about/plan/",
    "en/",
)
MOST_STOPS = 400


def tab_through(page: Page) -> list[str]:
    """Press Tab from the top to the end; return what cannot be seen to have the focus, by its text."""
    page.evaluate("document.body.focus()")
    unseen: list[str] = []
    seen = 0
    while seen < MOST_STOPS:
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => { const e = document.activeElement; if (!e || e === document.body) return null;
            const box = e.getBoundingClientRect(), style = getComputedStyle(e), first = !window.start;
            const again = window.start === e; window.start ??= e;
            return {again: again && !first, name: e.textContent.trim().slice(0, 20) || e.name,
              shown: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
              inView: box.bottom > 0 && box.top < innerHeight && box.width > 0}; }"""
        )
        if stop is None or stop["again"]:
            break
        seen += 1
        if not (stop["shown"] and stop["inView"]):
            unseen.append(stop["name"])
    assert 10 < seen < MOST_STOPS
    return unseen


@pytest.mark.parametrize("address", ROOMS)
def test_every_stop_of_the_tab_key_is_seen_and_the_end_is_reached(
    chromium: Browser, sample_site: str, address: str
) -> None:
    with open_context(chromium, origin=sample_site, viewport=DESK) as context:
        page = context.new_page()
        page.goto(sample_site + address)
        assert tab_through(page) == []


def test_a_table_is_sorted_and_a_fold_opened_without_a_mouse(chromium: Browser, sample_site: str) -> None:
    with open_context(chromium, origin=sample_site, viewport=DESK) as context:
        page = context.new_page()
        page.goto(f"{sample_site}grants/")
        page.get_by_role("button", name="締切").focus()
        page.keyboard.press("Enter")
        assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
        page.locator("details.k-fold summary").first.focus()
        page.keyboard.press("Space")
        assert page.locator("details.k-fold").first.evaluate("each => each.open")


def test_searching_from_any_page_needs_only_the_keyboard(chromium: Browser, sample_site: str) -> None:
    with open_context(chromium, origin=sample_site, viewport=DESK) as context:
        page = context.new_page()
        page.goto(f"{sample_site}events/")
        page.get_by_role("searchbox").first.focus()
        page.keyboard.type("輸出")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/?q=*")


def test_paper_holds_the_words_and_leaves_the_ways_out(chromium: Browser, sample_site: str) -> None:
    with open_context(chromium, origin=sample_site, viewport=A4) as context:
        page = context.new_page()
        for address in ROOMS:
            page.goto(sample_site + address)
            page.emulate_media(media="print")
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
            for gone in (".k-header", ".k-footer nav", ".k-ribbon"):
                assert not page.locator(gone).first.is_visible(), (address, gone)
            assert page.locator("h1").is_visible()
            assert page.evaluate("[...document.querySelectorAll('details')].every(each => each.open)")
            assert page.evaluate("document.documentElement.scrollWidth") <= A4["width"], address


def test_nothing_moves_for_those_who_asked_for_no_motion(chromium: Browser, sample_site: str) -> None:
    with open_context(chromium, origin=sample_site, reduced_motion="reduce") as context:
        page = context.new_page()
        for address in ROOMS:
            page.goto(sample_site + address)
            moving = page.evaluate(
                """[...document.querySelectorAll("*")].filter(e => { const s = getComputedStyle(e);
                return [s.transitionDuration, s.animationDuration].some(d => d.split(",").some(t => parseFloat(t) > 0)); }).length"""
            )
            assert moving == 0, address


def test_headings_break_only_between_phrases_on_a_phone(chromium: Browser, sample_site: str) -> None:
    """A line may end where a phrase ends; inside one only when it alone is wider than the screen."""
    wrong: dict[str, list[str]] = {}
    with open_context(chromium, origin=sample_site, viewport={"width": 375, "height": 700}) as context:
        page = context.new_page()
        for address in (*ROOMS, "events/2023/seeds-workshop-4/", "programs/new-technology-grant-multi-year/"):
            page.goto(sample_site + address)
            cuts = page.evaluate(
                """() => [...document.querySelectorAll("h1 , h2")].filter(h => h.querySelector("wbr")).flatMap(h => {
                const found = []; for (const node of h.childNodes) { if (node.nodeType !== 3) continue;
                  const tops = [...node.data].map((_, i) => { const r = document.createRange();
                    r.setStart(node, i); r.setEnd(node, i + 1); return r.getBoundingClientRect().top; });
                  const size = parseFloat(getComputedStyle(h).fontSize) * node.data.length;
                  const cut = Math.max(...tops) - Math.min(...tops) > 12 && !node.data.includes(" ");
                  if (cut && size <= h.clientWidth) found.push(node.data); }
                return found; })"""
            )
            if cuts:
                wrong[address] = cuts
    assert wrong == {}
