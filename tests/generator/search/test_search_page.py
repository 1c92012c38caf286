"""The search page in a real Chromium: keyboard, address, composition, facets, shortlist, and axe in every state."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from generator.search.browser import compact, pack
from generator.search.document import SearchDocument
from tests.browsing import serve_folder
from tests.generator.search.test_browser_half import MODULES, build, make_documents

pytestmark = pytest.mark.browser

HTML = """<!doctype html><html lang="ja"><meta charset="utf-8"><title>検索</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>.k-hidden{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}body{font:16px/1.8 sans-serif}</style>
<link rel="stylesheet" href="/assets/search/search.css"><main><h1>検索</h1>
<div id="koho-search" data-root="/" data-index="/search/index/ja/" data-pack="/assets/search/search.bin"></div></main>
<script type="module" src="/assets/search/start.js"></script></html>"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(MODULES, folder / "assets/search")
    modules = {path: path.read_text(encoding="utf-8") for path in (folder / "assets/search").glob("*.js")}
    packed = pack({path.name: text for path, text in modules.items()})
    (folder / "assets/search/search.bin").write_bytes(packed)  # as the site publishes them
    for module, text in modules.items():
        module.write_text(compact(text), encoding="utf-8")
    event = SearchDocument(
        key="events/2023/fair",
        url="events/2023/fair/",
        kind="events",
        language="ja",
        title="切削加工の展示会",
        fields={"name": "切削加工の展示会", "text": "水戸市で開きます"},
    )
    build(folder / "search", [*make_documents(200), event])
    (folder / "search/index.html").write_text(HTML, encoding="utf-8")
    with serve_folder(folder) as address:
        yield f"{address}search/"


@pytest.fixture(scope="module")
def page(chromium: Browser, site: str) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.goto(site)
    yield opened
    context.close()


def search(page: Page, site: str, query: str) -> None:
    page.goto(f"{site}?{query}")
    page.locator("#koho-search.s-ready:not([aria-busy]) .s-side:not([aria-busy])").wait_for(state="attached")


def clean(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"][:90] for n in v["nodes"]]) for v in found] == []


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=加工",
        "q=加工&kind=companies",
        "q=切削加口",
        "q=切削&f.municipality=08220&kind=events",
        "view=shortlist",
    ],
)
def test_every_state_is_clean_and_fits_the_screen(page: Page, site: str, query: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    search(page, site, query)
    clean(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})


def test_hits_stand_by_kind_with_the_match_marked(page: Page, site: str) -> None:
    search(page, site, "q=切削加工")
    expect(page.locator(".s-kind h2").first).to_contain_text("催し")
    expect(page.locator(".s-results mark").first).to_have_text("切削加工")
    expect(page.locator(".s-status")).to_contain_text("件")


def test_back_returns_to_the_query_before(page: Page, site: str) -> None:
    search(page, site, "q=アルミ")
    page.fill("#s-q", "チタン合金")
    page.press("#s-q", "Enter")
    expect(page.locator(".s-results mark").first).to_have_text("チタン合金")
    expect(page).to_have_title("チタン合金 | 検索")
    page.go_back()
    expect(page.locator("#s-q")).to_have_value("アルミ")
    expect(page).to_have_title("アルミ | 検索")
    expect(page.locator(".s-results mark").first).to_have_text("アルミ")


def test_suggestions_are_chosen_by_keyboard(page: Page, site: str) -> None:
    search(page, site, "q=")
    page.locator("#s-q").press_sequentially("研")
    expect(page.locator("[role=option]").first).to_have_text("研削加工")
    clean(page)
    page.press("#s-q", "ArrowDown")
    expect(page.locator("#s-q")).to_have_attribute("aria-activedescendant", "s-s0")
    page.press("#s-q", "Enter")
    expect(page.locator("#s-q")).to_have_value("研削加工")
    expect(page.locator(".s-results mark").first).to_have_text("研削加工")
    expect(page.locator("#s-suggestions")).to_be_hidden()


def test_an_unfinished_conversion_asks_nothing(page: Page, site: str) -> None:
    search(page, site, "q=")
    composing = """done => { const box = document.querySelector('#s-q'); box.focus();
      box.dispatchEvent(new CompositionEvent('compositionstart')); box.value = 'けん';
      box.dispatchEvent(new InputEvent('input', {bubbles: true, isComposing: true}));
      box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true})); }"""
    page.evaluate(composing)
    page.wait_for_timeout(300)
    expect(page.locator("#s-suggestions")).to_be_hidden()
    assert page.evaluate("location.search") in ("", "?", "?q=")
    page.evaluate(
        "() => { const b = document.querySelector('#s-q'); b.value = '研'; b.dispatchEvent(new CompositionEvent('compositionend')); }"
    )
    expect(page.locator("[role=option]").first).to_be_visible()


def test_facets_narrow_with_live_counts_and_can_be_dropped(page: Page, site: str) -> None:
    search(page, site, "q=加工&kind=companies")
    before = page.locator(".s-status").inner_text()
    town = page.locator(".s-side li").first
    count = town.locator("span").inner_text()
    town.locator("input").check()
    expect(page.locator(".s-status")).to_have_text(f"{count}件")
    assert "f.municipality=" in page.url
    page.get_by_role("button", name="すべて外す").click()
    expect(page.locator(".s-status")).to_have_text(before)
    search(page, site, "q=展示会&f.municipality=08201")
    page.get_by_role("button", name="「水戸市」を外す").click()
    expect(page.locator(".s-results h3")).to_have_text("切削加工の展示会")


def test_words_that_no_page_holds_together_are_offered_one_by_one(page: Page, site: str) -> None:
    search(page, site, "q=展示会 チタン合金")
    offered = page.locator(".s-none button")
    expect(offered).to_have_text(["展示会", "チタン合金"])
    expect(page.locator(".s-none a").first).to_have_attribute("href", "/companies/")
    offered.first.click()
    expect(page.locator(".s-results h3")).to_have_text("切削加工の展示会")


def test_on_a_phone_a_chosen_facet_leaves_the_hits_in_sight(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    search(page, site, "q=加工&kind=companies&f.municipality=08201")
    expect(page.locator(".s-side__all > summary")).to_have_text("絞り込み (1)")
    expect(page.locator(".s-results h3").first).to_be_in_viewport()
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_shortlist_is_kept_compared_and_carried_to_the_inquiry(page: Page, site: str) -> None:
    search(page, site, "q=加工&kind=companies")
    for button in page.locator(".s-keep").all()[:2]:
        button.click()
    expect(page.locator(".s-keep[aria-pressed=true]")).to_have_count(2)
    page.get_by_role("link", name="検討リスト（2社）").click()
    expect(page.locator(".s-table thead th")).to_have_count(3)
    clean(page)
    link = page.locator(".s-primary").get_attribute("href") or ""
    assert link.startswith("/inquiry/?companies=")
    assert len(link.split("=")[1].split(",")) == 2
    with page.expect_download() as download:
        page.get_by_role("button", name="CSVで保存").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\xef\xbb\xbf")
    page.get_by_role("button", name="リストを空にする").click()
    expect(page.locator(".s-note")).to_contain_text("空です")


def test_more_hits_follow_and_the_focus_goes_to_the_first_new_one(page: Page, site: str) -> None:
    search(page, site, "q=加工&kind=companies")
    page.get_by_role("button", name="続きを見る").click()
    expect(page.locator(".s-results li")).to_have_count(20)
    expect(page.locator(".s-results li h3 a").nth(10)).to_be_focused()


def test_a_missing_index_is_told_and_can_be_tried_again(page: Page, site: str) -> None:
    page.route("**/root.bin*", lambda route: route.abort())
    search(page, site, "q=加工")
    expect(page.locator(".s-status")).to_contain_text("もう一度お試しください")
    clean(page)
    page.unroute("**/root.bin*")
    page.get_by_role("button", name="もう一度").click()
    expect(page.locator(".s-results h3").first).to_be_visible()


def test_where_scripts_in_the_page_are_forbidden_the_plain_modules_search(page: Page, site: str) -> None:
    def forbid(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer, headers={**answer.headers, "Content-Security-Policy": "script-src 'self'"}
        )

    page.route("**/search/?q=*", forbid)
    page.goto(f"{site}?q=加工")
    expect(page.locator(".s-results h3").first).to_be_visible()
    page.unroute("**/search/?q=*")


def test_without_the_packed_file_the_plain_modules_search(page: Page, site: str) -> None:
    page.route("**/search.bin", lambda route: route.abort())
    page.goto(f"{site}?q=加工")
    expect(page.locator(".s-results h3").first).to_be_visible()
    page.unroute("**/search.bin")
