"""The corporate number: its check digit and how people write it."""

from __future__ import annotations

import pytest

from company_db.corporate_number import CorporateNumber, check_digit, is_own_id, is_valid, own_id
from generator.errors import DataError

RIGHT = [
    "4011001098993",
    "7123456789012",
    "2120901007402",
    "7010705000725",
    "7100005012040",
    "5050005005266",
]


@pytest.mark.parametrize("number", RIGHT)
def test_known_numbers_pass(number: str) -> None:
    assert CorporateNumber.parse(number) == number
    assert is_valid(number)


@pytest.mark.parametrize(
    "number", ["8000020080004", "0011001098993", "401100109899", "40110010989933", "", "4011001098993.0"]
)
def test_wrong_numbers_are_refused_with_their_value(number: str) -> None:
    assert not is_valid(number)
    with pytest.raises(DataError, match=f"「{number}」"):
        CorporateNumber.parse(number)


@pytest.mark.parametrize(
    "written", ["４０１１００１０９８９９３", "4-0110-0109-8993", " 4011001098993 ", "4011‐001098993"]
)
def test_the_ways_people_write_a_number_are_forgiven(written: str) -> None:
    assert CorporateNumber.parse(written) == "4011001098993"


def test_a_changed_digit_is_found_except_between_0_and_9() -> None:
    number = "4011001098993"
    for place, digit in enumerate(number[1:], start=1):
        for other in set("0123456789") - {digit}:
            changed = number[:place] + other + number[place + 1 :]
            assert is_valid(changed) == ({digit, other} == {"0", "9"})


def test_an_own_id_is_k_and_eight_digits() -> None:
    assert own_id(7) == "k00000007"
    assert is_own_id("k00000007")
    assert not is_own_id("4011001098993")


def test_a_base_number_that_sums_to_a_multiple_of_nine_gets_nine() -> None:
    assert check_digit("000000000000") == "9"
