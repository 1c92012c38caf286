from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.rendering.markdown import to_html
from generator.rendering.plaintext import COLUMNS, NOT_FIRST, NOT_LAST, fold, html_to_text, width

JAPANESE = st.text(alphabet="あいうえお漢字カナー、。「」（）・abc 0123456789ゃっ", min_size=1, max_size=300)


WORDS = st.lists(
    st.sampled_from(["あ", "漢字", "カード", "「い」", "（う）", "終わり。", "それ、", "abc", " 2023"]),
    min_size=40,
)


@given(WORDS)
def test_no_line_begins_or_ends_against_the_rules(words: list[str]) -> None:
    lines = fold("".join(words)).split("\n")
    assert all(line[0] not in NOT_FIRST for line in lines[1:])
    assert all(line[-1] not in NOT_LAST for line in lines)


@given(JAPANESE)
def test_folding_loses_no_letter_and_stays_within_its_columns(text: str) -> None:
    folded = fold(text)
    assert "".join(folded.split()) == "".join(text.split())
    assert all(width(line) <= COLUMNS + 2 for line in folded.split("\n"))


def test_a_full_stop_hangs_over_rather_than_begins_a_line() -> None:
    text = "あ" * (COLUMNS // 2) + "。" + "い"
    assert fold(text) == "あ" * (COLUMNS // 2) + "。\nい"


def test_an_opening_bracket_goes_with_what_follows() -> None:
    text = "あ" * (COLUMNS // 2 - 1) + "「い」"
    assert fold(text).split("\n")[1].startswith("「")


def test_an_address_is_never_cut() -> None:
    url = "https://example.jp/" + "a" * 200
    assert url in fold("見る " + url + " を").split("\n")


def test_every_block_of_markdown_becomes_plain_lines() -> None:
    source = (
        "## 見出し\n\n段落の**強調**と[リンク](/grants/)。\n\n- 一つ\n- 二つ\n    - 中\n\n1. 順番\n2. 次\n\n"
        "> 引用\n\n| 名 | 数 |\n|---|---|\n| あ | 1 |\n\n    code  kept\n\n![図の説明](/a.png)\n\n---\n"
    )
    assert html_to_text(to_html(source, base="https://example.jp/")) == (
        "■ 見出し\n\n段落の強調とリンク。\nhttps://example.jp/grants/\n\n・一つ\n・二つ\n　・中\n\n1. 順番\n2. 次\n\n"
        "＞ 引用\n\n名／数\nあ／1\n\ncode  kept\n\n【画像: 図の説明】\n\n－－－－－－－－－－"
    )
