"""The flyer and the handbook tell what one must know, with a code that leads to the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.content.library import make_library
from generator.content.model import Event, Grant
from generator.errors import DataError
from generator.rendering.pdf import find_japanese_font, first_on_one_sheet
from generator.settings import Settings
from generator.site.paper import find_told, flyer_pdf, flyer_versions, handbook_html, paper_templates
from generator.site.view import SiteView
from tests.builders import ON, make_event, make_grant, make_place, make_program, make_settings
from tests.pdf import sheets

ROOT = Path(__file__).parents[3]
DESK = make_place("desk", title="見本の窓口", telephone="029-000-0009")
EVENT = make_event(desk="desk", capacity=30, body="## 学べること\n\n- 輸出の手順\n")
LIBRARY = make_library([EVENT, make_grant(desk="desk"), DESK, make_program(desk="desk")], on=ON)


@pytest.fixture
def settings() -> Settings:
    return make_settings(ROOT, site_url="https://example.jp/")


def flyer(item: Event | Grant, settings: Settings) -> str:
    return flyer_versions(item, SiteView(LIBRARY, settings), paper_templates(settings))[0]


def test_a_flyer_tells_when_where_and_whom_to_call(settings: Settings) -> None:
    html = flyer(EVENT, settings)
    for words in (
        "2023年12月6日（水） 13:30〜16:00",
        "茨城県産業会館",
        "無料",
        "30名",
        "029-000-0009",
        "輸出の手順",
        "<svg",
    ):
        assert words in html
    assert "https://example.jp/events/2023/seminar/" in html


def test_a_cancelled_event_s_flyer_says_so(settings: Settings) -> None:
    assert "中止　台風のため" in flyer(make_event(status="cancelled", status_note="台風のため"), settings)


def test_a_flyer_s_heading_breaks_between_phrases_only(settings: Settings) -> None:
    html = flyer(make_event(title="越境ECで小さく売りはじめる"), settings)
    heading = re.search(r"<h1>(.+)</h1>", html)
    assert heading
    pieces = re.findall(r"<span>(.+?)</span>", heading[1])
    assert "".join(pieces) == "越境ECで小さく売りはじめる"
    assert "売りはじめる" in pieces


def test_a_call_s_flyer_begins_with_its_deadline(settings: Settings) -> None:
    html = flyer(find_told(LIBRARY, "overseas-2023-1"), settings)
    assert "2023年12月15日（金） 必着" in html
    assert "100万円" in html


def test_an_unknown_slug_names_what_was_meant() -> None:
    with pytest.raises(DataError, match="「seminar」"):
        find_told(LIBRARY, "seminer")


def test_the_handbook_holds_every_program_and_desk(settings: Settings) -> None:
    html = handbook_html(LIBRARY, settings)
    assert "令和5年度 支援メニューのしおり" in html
    assert "よろず支援拠点" in html
    assert "029-000-0009" in html


@pytest.mark.skipif(find_japanese_font() is None, reason="no Japanese font on this machine")
def test_a_flyer_is_one_page_of_pdf(settings: Settings) -> None:
    pytest.importorskip("weasyprint")
    assert sheets(flyer_pdf(EVENT, LIBRARY, settings)) == 1


@pytest.mark.skipif(find_japanese_font() is None, reason="no Japanese font on this machine")
def test_a_flyer_with_too_many_words_stays_one_page_and_says_where_the_rest_is(settings: Settings) -> None:
    pytest.importorskip("weasyprint")
    body = "\n\n".join(f"## 第{n}部\n\n{'輸出の手順と契約を順に学びます。' * 12}" for n in range(1, 9))
    crowded = make_event(desk="desk", body=body)
    whole, snug, dense, *shorter = flyer_versions(
        crowded, SiteView(LIBRARY, settings), paper_templates(settings)
    )
    assert all("第8部" in html and "このつづきは" not in html for html in (whole, snug, dense))
    assert all("第8部" not in html and "このつづきは" in html for html in shorter)
    assert all("</h2>" not in html.partition("このつづきは")[0][-60:] for html in shorter)
    assert len(shorter) == 8
    assert sheets(first_on_one_sheet([whole])) == 2
    assert sheets(flyer_pdf(crowded, LIBRARY, settings)) == 1
