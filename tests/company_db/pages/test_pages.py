"""One company's pages: what they say, what they never say, and that hostile names stay text."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import html5lib
import pytest

from company_db.directory_row import DirectoryRow
from company_db.pages.company_page import registered_page
from company_db.pages.look import Look
from company_db.pages.member_page import member_page
from company_db.pages.stencil import LeanPages
from company_db.pages.words import EN, JA, WORDS, Words
from generator.content.company import Capability, Certification, CompanyProfile, Equipment, Product
from tests.builders import make_settings
from tests.company_db.pages.directories import make_context

KEY = "1999900000148"
HOSTILE = "\"><script>alert(1)</script>&'</title>{name}%s\u202e"

_PLAIN_TEXTS = """name kana name_en headline headline_en representative address address_en factory_address
telephone business business_en pr pr_en postal_code founded""".split()  # noqa: SIM905 - reads better so


def make_row(**over: Any) -> DirectoryRow:
    given: dict[str, Any] = dict.fromkeys(DirectoryRow._fields, "") | {
        "key": KEY,
        "name": "見本精機株式会社",
        "kana": "ミホンセイキ",
        "kind": "301",
        "postal_code": "310-0801",
        "address": "水戸市桜川２丁目",
        "municipality_code": "08201",
        "member": False,
        "digest": "0",
        "seq": 1,
    }
    return DirectoryRow(**(given | over))


def make_profile(**over: Any) -> CompanyProfile:
    given: dict[str, Any] = {
        "key": KEY,
        "name": "見本精機株式会社",
        "name_en": "Mihon Seiki Co., Ltd.",
        "headline": "薄いステンレスを曲げずに削ります",
        "municipality_code": "08201",
        "confirmed": date(2023, 6, 1),
    }
    return CompanyProfile(**(given | over))


@pytest.fixture
def look(tmp_path: Path) -> Look:
    return Look.of(make_context(make_settings(tmp_path, site_url="https://example.jp/koho/")))


def lean(look: Look, words: Words = JA, **over: Any) -> str:
    return registered_page(make_row(**over), look, words).decode()


def member(look: Look, words: Words = JA, **over: Any) -> str:
    profile = make_profile(**over)
    return member_page(make_row(member=True, name=profile.name), profile, (), look, words).decode()


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_a_hostile_text_stays_text_on_a_lean_page(look: Look, words: Words) -> None:
    fields = dict.fromkeys(("name", "kana", "name_en", "address", "address_en", "postal_code"), HOSTILE)
    page = lean(look, words, **fields, closed="2020-01-01", successor=KEY, successor_name=HOSTILE)
    assert "<script>alert" not in page
    html5lib.HTMLParser(strict=True).parse(page)


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_a_hostile_text_stays_text_on_a_member_page(look: Look, words: Words) -> None:
    page = member(
        look,
        words,
        **dict.fromkeys(
            [name for name in CompanyProfile.__dataclass_fields__ if name in _PLAIN_TEXTS],
            HOSTILE,
        ),
        url=f"https://example.jp/{HOSTILE}",
        capabilities=(
            Capability("turning", HOSTILE, HOSTILE, (HOSTILE,), (HOSTILE,), HOSTILE, HOSTILE, HOSTILE),
        ),
        equipment=(Equipment(HOSTILE, HOSTILE, HOSTILE, HOSTILE, 2, HOSTILE),),
        certifications=(Certification("unknown", HOSTILE, HOSTILE),),
        products=(Product(HOSTILE, HOSTILE, "maker", HOSTILE, HOSTILE),),
        customers=(HOSTILE,),
        patents=(HOSTILE,),
        strengths=(HOSTILE,),
    )
    assert "<script>alert" not in page
    html5lib.HTMLParser(strict=True).parse(page)


def test_an_address_that_is_no_web_address_is_not_linked(look: Look) -> None:
    assert "javascript:" not in member(look, url="javascript:alert(1)")


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_a_lean_page_weighs_at_most_8_kilobytes(look: Look, words: Words) -> None:
    page = lean(look, words, name="長" * 100, kana="ナ" * 100, name_en="N" * 150, address="地" * 100)
    assert len(page.encode()) <= 8_000


@pytest.mark.parametrize(
    "over",
    [
        {},
        {"kana": "", "postal_code": "", "address": ""},
        {
            "name_en": 'R&D "Mito" Ltd.',
            "address": "水戸市城南１丁目　\\<b>100%＃#&",
            "address_en": "1-1, Mito",
        },
        {"kind": "305", "municipality_code": "08220"},
        {"municipality_code": "", "address": ""},
        {"name": HOSTILE, "kana": HOSTILE, "name_en": HOSTILE, "address": HOSTILE, "postal_code": HOSTILE},
        {"closed": "2020-03-31", "successor": "2999900000222", "successor_name": "後継"},
        {"key": "k00000001"},
        {"address": "茨城県水戸市城南１丁目"},
    ],
)
def test_a_page_filled_from_a_stencil_is_the_page_itself(look: Look, over: dict[str, Any]) -> None:
    pages = LeanPages(look)
    for row in (make_row(), make_row(**over), make_row(**(over | {"key": "2999900000222"}))):
        filled = dict(pages.pages(row))
        assert filled == {language: registered_page(row, look, words) for language, words in WORDS.items()}


def test_a_lean_page_names_its_source_and_says_that_it_was_edited(look: Look) -> None:
    assert "出典：国税庁法人番号公表サイト（機構が加工して作成）" in lean(look)


def test_a_field_that_is_not_published_leaves_no_empty_row(look: Look) -> None:
    page = member(look)
    assert not re.search(r"<t[dh][^>]*></t[dh]>", page)
    assert "資本金" not in page
    assert "代表者" not in page
    assert "<h2>設備</h2>" not in page


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_a_page_leads_to_the_office_and_never_to_a_mail_address(look: Look, words: Words) -> None:
    page = member(look, words)
    tongue = "&amp;lang=en" if words.language == "en" else ""
    assert f'href="/koho/inquiry/?company={KEY}{tongue}"' in page
    assert f'data-shortlist="{KEY}"' in page
    assert "mailto:" not in page


def test_a_page_names_its_own_address_and_both_languages(look: Look) -> None:
    page = member(look, EN)
    assert f'<link rel="canonical" href="https://example.jp/koho/en/companies/{KEY}/">' in page
    assert f'hreflang="ja" href="https://example.jp/koho/companies/{KEY}/"' in page
    assert f'hreflang="en" href="https://example.jp/koho/en/companies/{KEY}/"' in page


def test_english_shows_english_and_marks_what_is_japanese_only(look: Look) -> None:
    page = member(look, EN, business="切削", business_en="Machining", pr="日本語だけ")
    assert "<h1>Mihon Seiki Co., Ltd.</h1>" in page
    assert "Machining" in page
    assert '<div class="d-text" lang="ja"><p>日本語だけ</p></div>' in page


def test_a_page_older_than_the_limit_is_marked(look: Look) -> None:
    assert "内容が古いかもしれません" in member(look, confirmed=date(2022, 11, 21))
    assert "内容が古いかもしれません" not in member(look, confirmed=date(2022, 11, 22))


def test_an_expired_certification_says_so(look: Look) -> None:
    page = member(look, certifications=(Certification("iso9001", "ISO 9001", "", date(2023, 11, 21)),))
    assert "期限を過ぎています" in page


def test_a_closed_company_says_so_and_points_to_its_successor(look: Look) -> None:
    page = lean(look, closed="2020-03-31", close_cause="11", successor="2999900000222", successor_name="後継")
    assert "2020年3月31日" in page
    assert "合併による解散等" in page
    assert 'href="/koho/companies/2999900000222/"' in page
    assert "inquiry" not in page


def test_a_successor_without_a_page_is_not_linked(look: Look) -> None:
    assert "2999900000222" not in lean(look, closed="2020-03-31", successor="2999900000222")


def test_json_ld_cannot_be_ended_by_a_name(look: Look) -> None:
    page = lean(look, name="</script><b>")
    assert page.count("</script>") == 1
