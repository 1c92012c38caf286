from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from newsletters.issue.client_support import lint_html, uses_of
from tests.newsletters.caniemail import ARCHIVE, TABLE, format_table, read_features, with_marks_of

MAILS = sorted((Path(__file__).parent / "__snapshots__").rglob("*html-*.html"))


@pytest.mark.shared
@pytest.mark.skipif(not ARCHIVE.exists(), reason="caniemail's files are not here")
def test_our_table_says_what_caniemail_says() -> None:
    table = orjson.loads(TABLE.read_bytes())
    assert TABLE.read_text(encoding="utf-8") == format_table(with_marks_of(table, read_features(ARCHIVE)))


def test_the_table_names_nothing_twice_and_every_row_has_its_date() -> None:
    table = orjson.loads(TABLE.read_bytes())
    covered = [use for row in (*table["features"], table["everywhere"]) for use in row["covers"]]
    assert len(covered) == len(set(covered))
    assert all(row["tested"] >= "2019" for row in table["features"])
    assert all(row["enough"] == "" or set(row["support"]) != {"y"} for row in table["features"])


def test_what_a_reader_ignores_is_named_with_the_reader() -> None:
    (finding,) = lint_html('<div style="display: flex">')
    assert finding.clients == ("Gmail", "Outlook（Windows）")
    assert "Outlook（Windows）では効きません" in finding.message


@pytest.mark.parametrize(
    ("html", "feature"),
    [
        ("<marquee>あ</marquee>", "<marquee>"),
        ('<p onclick="x">あ</p>', "[onclick]"),
        ('<p style="hyphens: auto">あ</p>', "hyphens"),
        ('<p style="width: 3lh">あ</p>', "lh"),
        ('<p style="width: clamp(1px, 2px, 3px)">あ</p>', "clamp()"),
        ("<style>p:has(a) { color: #000 }</style>", ":has"),
        ("<style>p::before { color: #000 }</style>", "::before"),
        ("<style>p > a { color: #000 }</style>", "a > b"),
        ("<style>p[lang] { color: #000 }</style>", "[attribute]"),
        ("<style>@supports (color: red) { p { color: #000 } }</style>", "@supports"),
        ("<style>@media (hover) { p { color: #000 } }</style>", "(hover)"),
        ("<style>/* a */ p { --x: 1px }</style>", "--*"),
        ('<meta name="darkreader-lock">', "meta:darkreader-lock"),
    ],
)
def test_what_the_table_does_not_name_is_told(html: str, feature: str) -> None:
    assert feature in {finding.feature for finding in lint_html(html)}


def test_what_looks_like_a_unit_or_a_function_in_a_name_is_none() -> None:
    uses = uses_of("<p style=\"font-family: 'Font (2em)', sans-serif; color: #0A4F8F; line-height: 1.8\">")
    assert uses == ("<p>", "[style]", "font-family", "color", "line-height")


@pytest.mark.parametrize("mail", MAILS, ids=lambda path: path.stem)
def test_the_golden_mails_use_nothing_that_a_reader_ignores(mail: Path) -> None:
    assert lint_html(mail.read_text(encoding="utf-8")) == ()
