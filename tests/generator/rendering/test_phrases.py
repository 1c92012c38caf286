"""Headings break between phrases and never inside a term of ours."""

from __future__ import annotations

import pytest

from generator.rendering.phrases import PROTECTED_TERMS, phrased_html, phrases


@pytest.mark.parametrize("term", PROTECTED_TERMS)
def test_a_protected_term_is_never_cut(term: str) -> None:
    assert any(term in piece for piece in phrases(f"県内の{term}の方へのお知らせ"))


@pytest.mark.parametrize("text", ["", "a", "海外の展示会に出たい", "ものづくり・商業・サービス補助金"])
def test_the_pieces_join_to_the_text(text: str) -> None:
    assert "".join(phrases(text)) == text


def test_html_is_escaped() -> None:
    assert "<b>" not in phrased_html("<b>見本</b>の催し")


@pytest.mark.parametrize("number", ["第511号", "12月15日", "250万円", "第2回"])
def test_a_number_stays_with_its_word(number: str) -> None:
    assert any(number in piece for piece in phrases(f"【中小企業だより {number}】のお知らせ"))


def test_a_line_cannot_end_within_an_ordinal() -> None:
    assert '<span class="k-nb">第511号</span>' in phrased_html("【中小企業だより 第511号】のお知らせ")


def test_a_long_name_may_break_where_katakana_begins() -> None:
    assert phrases("いばらき中小企業グローバル推進機構") == ["いばらき中小企業", "グローバル推進機構"]
