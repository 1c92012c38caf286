"""One table, two readers: every pair of the sample file holds in Python; test_browser_half runs it in Node."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.search.normalise import normalise, rules_data

PAIRS = json.loads((Path(__file__).parents[2] / "samples/search/normalise.json").read_text(encoding="utf-8"))


def test_the_sample_file_holds_at_least_300_pairs() -> None:
    assert len({raw for raw, _ in PAIRS}) >= 300


@pytest.mark.parametrize(("raw", "expected"), PAIRS)
def test_a_text_is_made_comparable(raw: str, expected: str) -> None:
    assert normalise(raw) == expected


@pytest.mark.parametrize("expected", sorted({expected for _, expected in PAIRS}))
def test_a_comparable_text_stays_as_it_is(expected: str) -> None:
    assert normalise(expected) == expected


def test_no_variant_folds_to_a_character_that_folds_again() -> None:
    pairs = rules_data()["fold"]["variants"].split()
    assert {pair[1] for pair in pairs} & {pair[0] for pair in pairs} == set()


@given(st.text(alphabet="アイーカっゃがゔ髙ｱｶﾞ-ー・ 　A１株()（）", max_size=12))
def test_width_does_not_matter(text: str) -> None:
    assert normalise(unicodedata.normalize("NFKC", text)) == normalise(text)
