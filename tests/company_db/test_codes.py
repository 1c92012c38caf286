"""The code lists: complete, bilingual, and found by the words that people write."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from company_db.classification import codes
from company_db.classification.codes import CodeEntry

LISTS = {
    "divisions": codes.divisions(),
    "industries": codes.industries(),
    "processes": codes.processes(),
    "materials": codes.materials(),
    "certifications": codes.certifications(),
    "languages": codes.languages(),
    "countries": codes.countries(),
    "lots": codes.lots(),
    "kinds": codes.kinds(),
    "close_causes": codes.close_causes(),
}


def test_there_are_20_divisions_99_industries_and_44_municipalities() -> None:
    assert (len(codes.divisions()), len(codes.industries()), len(codes.municipalities())) == (20, 99, 44)
    assert {code[0] for code in codes.industries()} == set(codes.divisions())


@pytest.mark.parametrize("name", sorted(LISTS))
def test_every_code_has_a_japanese_and_an_english_name(name: str) -> None:
    entries: Mapping[str, CodeEntry] = LISTS[name]
    assert all(entry.ja and entry.en for entry in entries.values())
    assert len({entry.ja for entry in entries.values()}) == len(entries)
    assert len({entry.en for entry in entries.values()}) == len(entries)


@pytest.mark.parametrize("name", sorted(LISTS))
def test_no_word_means_two_codes_of_one_list(name: str) -> None:
    for entry in LISTS[name].values():
        for word in (entry.ja, entry.en, *entry.aliases):
            assert codes.find_code(LISTS[name], word) == entry.code


@pytest.mark.parametrize(
    "written", ["E09", "09", "9", "０９", "食料品製造業", "09 食料品製造業", "E09　食料品製造業"]
)
def test_an_industry_is_found_as_people_and_spreadsheets_write_it(written: str) -> None:
    assert codes.find_code(codes.industries(), written) == "E09"


def test_every_municipality_carries_its_check_digit() -> None:
    for entry in codes.municipalities().values():
        assert entry.code6 == entry.code + codes.municipality_check_digit(entry.code)


@pytest.mark.parametrize(("code", "digit"), [("08000", "4"), ("13101", "6"), ("22130", "9"), ("46220", "9")])
def test_the_municipality_check_digit_agrees_with_known_codes(code: str, digit: str) -> None:
    assert codes.municipality_check_digit(code) == digit


@pytest.mark.parametrize(
    "written",
    ["08201", "082015", "8201", "82015", "水戸市", "茨城県水戸市", "０８２０１", " 水戸市 "],
)
def test_a_municipality_is_found_as_people_and_spreadsheets_write_it(written: str) -> None:
    assert codes.municipality_code(written) == "08201"


@pytest.mark.parametrize("written", ["龍ケ崎市", "龍ヶ崎市"])
def test_both_spellings_of_ryugasaki_are_one_city(written: str) -> None:
    assert codes.municipality_code(written) == "08208"


@pytest.mark.parametrize("written", ["久慈郡大子町", "大子町"])
def test_a_town_is_found_with_and_without_its_county(written: str) -> None:
    assert codes.municipality_code(written) == "08364"


@pytest.mark.parametrize("written", ["80004", "13101", "082016", "東京都", ""])
def test_what_is_no_municipality_of_the_prefecture_is_not_guessed(written: str) -> None:
    assert codes.municipality_code(written) is None
