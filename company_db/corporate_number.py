"""The corporate number (法人番号), and the sole proprietors' own ids that stand in its place."""

from __future__ import annotations

import re
import unicodedata

from generator.errors import DataError

_THIRTEEN = re.compile(r"[1-9][0-9]{12}")
_OWN_ID = re.compile(r"k[0-9]{8}")
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―−ー]")


class CorporateNumber(str):
    """Thirteen digits whose first is the check digit; only ``parse`` makes one."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> CorporateNumber:
        """Read a number as people write it: full-width digits, spaces and hyphens are forgiven.

        Raises ``DataError`` that says what is wrong and what to write.
        """
        digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
        if not _THIRTEEN.fullmatch(digits):
            raise DataError(f"「{text}」は法人番号ではありません。先頭が1〜9の半角数字13桁で書いてください")
        if digits[0] != check_digit(digits[1:]):
            raise DataError(
                f"「{text}」は検査用の数字が合いません。国税庁の法人番号公表サイトで番号を確かめてください"
            )
        return cls(digits)


def check_digit(base: str) -> str:
    """Return the check digit of a 12-digit base number: 9 − (Σ Pn·Qn mod 9), Qn = 1, 2, 1, … from the right."""
    weighted = sum(int(digit) * (1, 2)[place % 2] for place, digit in enumerate(reversed(base)))
    return str(9 - weighted % 9)


def is_valid(digits: str) -> bool:
    """Say whether a text is exactly a corporate number; the quick test for registers of tens of thousands."""
    return (
        len(digits) == 13
        and digits.isascii()
        and digits.isdigit()
        and digits[0] != "0"
        and digits[0] == check_digit(digits[1:])
    )


def is_own_id(key: str) -> bool:
    """Say whether a key is one we gave to a sole proprietor: ``k`` and eight digits."""
    return _OWN_ID.fullmatch(key) is not None


def own_id(serial: int) -> str:
    """Return the own id of a serial number."""
    return f"k{serial:08d}"
