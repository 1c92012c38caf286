"""Local-government codes (全国地方公共団体コード) and addresses, as open data writes them."""

from __future__ import annotations

import re

from generator.settings import Settings

PREFECTURE_NAMES = {"08": "茨城県"}
_PREFECTURE = re.compile(r"東京都|北海道|(?:京都|大阪)府|[^\d\s]{2,3}?県")
_MUNICIPALITY = re.compile(r"^(?:茨城県)?(?:[^\d\s]{1,4}郡)?([^\d\s]{1,6}?[市町村])")


def with_check_digit(code: str) -> str:
    """Return the six-digit code of two (prefecture) or five digits (JIS X 0402): 08201 → 082015."""
    five = code.ljust(5, "0")
    total = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return five + str((11 - total % 11) % 10)


def prefecture_code(settings: Settings) -> str:
    """Return the publisher's own six-digit code."""
    return with_check_digit(settings.organization.prefecture_code)


def prefecture_name(settings: Settings) -> str:
    """Return the name of the publisher's prefecture."""
    return PREFECTURE_NAMES.get(settings.organization.prefecture_code, "")


def prefecture_of(address: str) -> str:
    """Find the prefecture at the head of a Japanese address; empty when it is none."""
    found = _PREFECTURE.match(address)
    return found[0] if found else ""


def municipality_name(address: str) -> str:
    """Find the municipality at the head of a Japanese address; empty when it is none."""
    found = _MUNICIPALITY.match(address)
    return found[1] if found else ""
