import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.rendering.markdown import to_html


def test_headings_stand_below_the_page_title_and_skip_no_level() -> None:
    html = to_html("# 一\n\n### 二\n\n## 三\n")
    assert "<h2>一</h2>" in html
    assert "<h3>二</h3>" in html
    assert "<h3>三</h3>" in html


def test_a_cell_carries_its_column_name_for_phones() -> None:
    html = to_html("| 区分 | 限度額 |\n|---|---|\n| 単年 | 250万円 |\n")
    assert '<td data-label="限度額">250万円</td>' in html
    assert '<th scope="col">区分</th>' in html


def test_links_from_the_root_follow_the_site_into_its_folder() -> None:
    html = to_html("[窓口](/places/) [外](https://example.jp/)", base="/koho/")
    assert 'href="/koho/places/"' in html
    assert 'href="https://example.jp/"' in html


def test_no_words_give_no_html() -> None:
    assert to_html(" \n") == ""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("持ち物です。\n- 名刺\n- 会社案内", "<p>持ち物です。</p><ul><li>名刺</li><li>会社案内</li></ul>"),
        ("順番です。\n1. 申し込む\n2. 来る", "<p>順番です。</p><ol><li>申し込む</li><li>来る</li></ol>"),
        ("1) 申し込む\n2) 来る", "<ol><li>申し込む</li><li>来る</li></ol>"),
        ("・名刺\n・会社案内\n　・英語", "<ul><li>名刺</li><li>会社案内<ul><li>英語</li></ul></li></ul>"),
        (
            "- 外\n  - 中\n    - 奥\n- 外",
            "<ul><li>外<ul><li>中<ul><li>奥</li></ul></li></ul></li><li>外</li></ul>",
        ),
        ("- 外\n    - 中", "<ul><li>外<ul><li>中</li></ul></li></ul>"),
        ("1. 外\n   - 中\n2. 外", "<ol><li>外<ul><li>中</li></ul></li><li>外</li></ol>"),
        ("- 一\n\n  続き\n\n終わり", "<ul><li><p>一</p><p>続き</p></li></ul><p>終わり</p>"),
        ("＃＃　会場", "<h2>会場</h2>"),
        ("令和5年の\n10. ではない", "<p>令和5年の\n10. ではない</p>"),
        ("```\n- 名刺\n  - 二枚\n```", "<pre><code>- 名刺\n  - 二枚\n</code></pre>"),
        ("文\n\n    - 字下げ", "<p>文</p><pre><code>- 字下げ\n</code></pre>"),
        ("* * *", "<hr>"),
    ],
)
def test_lists_and_headings_are_read_as_their_writer_means_them(written: str, meant: str) -> None:
    html = to_html(written)
    assert re.sub(r"(?<=>)\n(?=<)", "", html) == meant


def test_a_table_needs_no_blank_line_before_it() -> None:
    html = to_html("助成額は次のとおりです。\n| 区分 | 限度額 |\n|---|---|\n| 単年 | 250万円 |")
    assert "<p>助成額は次のとおりです。</p>" in html
    assert '<td data-label="限度額">250万円</td>' in html


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://example.jp/をご覧ください", "https://example.jp/"),
        ("（https://example.jp/a_b?c=d#e）", "https://example.jp/a_b?c=d#e"),
        ("See https://example.jp.", "https://example.jp"),
    ],
)
def test_a_bare_address_leads_where_it_says_and_ends_where_the_sentence_goes_on(
    written: str, address: str
) -> None:
    assert f'<a href="{address}">{address}</a>' in to_html(written)


@pytest.mark.parametrize(
    "written",
    ['<a href="https://example.jp/">窓口</a>', "[窓口](https://example.jp/)", "<https://example.jp/>"],
)
def test_an_address_inside_a_link_is_left_alone(written: str) -> None:
    assert to_html(written).count("<a ") == 1


def test_the_way_back_from_a_note_speaks_the_language_of_the_page() -> None:
    assert "本文の注1のところへもどる" in to_html("文[^1]\n\n[^1]: 注")
    assert "Back to note 1 in the text" in to_html("Text[^1]\n\n[^1]: Note", language="en")


def test_nothing_of_one_text_is_left_for_the_next() -> None:
    later = "[a] と 文[^1]\n\n[^1]: 二"
    alone = to_html(later, base="/alone/")
    to_html("文[^1] <b>x</b>\n\n[^1]: 一\n\n[a]: /elsewhere/", base="/alone/")
    assert to_html(later, base="/alone/") == alone


@given(st.text(alphabet="-*・＃#1.) \u3000\n|a漢", max_size=60))
def test_no_word_is_lost_whatever_marks_stand_around_it(text: str) -> None:
    words = re.sub(r"[^a漢]", "", text)
    assert re.sub(r"<[^>]*>|[^a漢]", "", to_html(text)) == words
