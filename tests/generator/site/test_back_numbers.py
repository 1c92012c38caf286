from __future__ import annotations

from datetime import date

from generator.content.model import BackIssue
from generator.site.pages.back_numbers import _phrased

TITLE = "アメリカの機械の展示会 &amp; 商談会に出る企業を募集します"


def back_number(language: str) -> BackIssue:
    return BackIssue(
        newsletter="magazine",
        newsletter_title="見本だより",
        number=1,
        issue_date=date(2023, 11, 22),
        subject="第1号",
        body_html=f'<h3><a href="../x/">{TITLE}</a></h3><p>{TITLE}</p><h3>小見出しの例です</h3>',
        language=language,
    )


def test_the_headings_of_a_back_number_break_between_phrases_and_nothing_else_changes() -> None:
    shown = _phrased(back_number("ja"))
    heading, rest = shown.split("</h3>", 1)
    assert "<wbr>" in heading
    assert not any(f"{first}<wbr>{then}" in heading for first, then in ("アメ", "メリ", "リカ", "企業"))
    assert "<wbr>" in rest.split("<h3>")[1]
    assert f"<p>{TITLE}</p>" in rest
    assert shown.replace("<wbr>", "") == back_number("ja").body_html


def test_an_english_back_number_is_shown_as_it_was_sent() -> None:
    issue = back_number("en")
    assert _phrased(issue) == issue.body_html
