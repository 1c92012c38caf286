"""Cells as people fill them in, read into what they mean; ``ValueError`` says what to write instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from company_db.classification import codes
from company_db.classification.codes import CodeEntry
from company_db.corporate_number import CorporateNumber, is_own_id
from generator.errors import DataError

_ERAS = {"令和": (2018, 99), "平成": (1988, 99), "昭和": (1925, 64), "大正": (1911, 15), "明治": (1867, 45)}
"""The year before each era and its last year; of 平成 later years stand in papers that were written before 2019."""
_ERA_OF = {"R": "令和", "H": "平成", "S": "昭和", "T": "大正", "M": "明治"}
_WAREKI = re.compile(
    r"(令和|平成|昭和|大正|明治|[RHSTM])\.?(元|[0-9]{1,2})(?:年|[./-]|$)(?:([0-9]{1,2})(?:月|[./-]|$)(?:([0-9]{1,2})日?)?)?$"
)
_WESTERN = re.compile(r"([12][0-9]{3})(?:年|[./-]|$)(?:([0-9]{1,2})(?:月|[./-]|$)(?:([0-9]{1,2})日?)?)?$")
_UNITS = {"億": 100_000_000, "万": 10_000, "千": 1_000}
_YES = frozenset({"はい", "可", "○", "〇", "有", "する", "掲載", "1", "true", "yes"})
_NO = frozenset({"いいえ", "不可", "×", "✕", "無", "しない", "非掲載", "0", "false", "no"})


def plain(text: str) -> str:
    """Return a text with half-width letters and digits and without outer spaces."""
    return unicodedata.normalize("NFKC", text).strip()


def one_line(text: str) -> str:
    """Return a text on one line; a line break in a cell becomes a space."""
    return " ".join(text.replace("\u3000", " ").split())


def kana(text: str) -> str:
    """Read a reading: half-width katakana and hiragana become full-width katakana."""
    wide = unicodedata.normalize("NFKC", one_line(text))
    found = "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in wide)
    if re.search(r"[\u4e00-\u9fff]", found):
        raise ValueError("フリガナはカタカナで書いてください")
    return found


def parts(text: str) -> tuple[str, ...]:
    """Split a list at 、 , ; and line breaks."""
    return tuple(filter(None, (part.strip() for part in re.split(r"[、，,;；\n]", text))))


def company_key(text: str) -> str:
    """Read a corporate number or an own id; floats of spreadsheets have lost nothing, 4.0E+12 has."""
    digits = plain(text)
    if is_own_id(digits.lower()):
        return digits.lower()
    if re.fullmatch(r"[0-9.]+[eE]\+?[0-9]+", digits):
        raise ValueError("表計算ソフトが数字を丸めています。セルを文字列にして13桁を書き直してください")
    try:
        return CorporateNumber.parse(digits)
    except DataError as error:
        raise ValueError(str(error)) from None


def postal_code(text: str) -> str:
    """Read a postal code: 310-0801, 3100801 or 〒３１０－０８０１."""
    digits = re.sub(r"[〒\s\-‐‑–—―−ー]", "", plain(text))
    if not re.fullmatch(r"[0-9]{7}", digits):
        raise ValueError("郵便番号は 310-0801 の形で書いてください")
    return f"{digits[:3]}-{digits[3:]}"


def telephone(text: str) -> str:
    """Read a telephone number; hyphens are put in, a 0 that a spreadsheet dropped is put back."""
    written = re.sub(r"[‐‑–—―−ー()（） ]+", "-", plain(text)).strip("-")
    if re.fullmatch(r"0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}", written):
        return written
    digits = written.replace("-", "")
    if re.fullmatch(r"[1-9][0-9]{8}", digits):
        digits = f"0{digits}"
    if len(digits) == 11 and re.match(r"0[5789]0", digits):
        return f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"
    for pattern, first, second in (
        (r"0120", 4, 3),
        (r"029[1-79]|0280", 4, 2),
        (r"029", 3, 3),
        (r"0[36]", 2, 4),
    ):
        if len(digits) == 10 and re.match(pattern, digits):
            return f"{digits[:first]}-{digits[first : first + second]}-{digits[first + second :]}"
    raise ValueError("電話番号は 029-000-0000 のように、市外局番からハイフンで区切って書いてください")


def day(text: str) -> date:
    """Read a whole date, Western or era: 2023-06-01, 2023年6月1日, 令和5年6月1日, R5.6.1."""
    year, month, number = _date_parts(text)
    if not month or not number:
        raise ValueError("年月日を 2023-06-01 か 令和5年6月1日 の形で書いてください")
    return date(year, month, number)


def founded(text: str) -> str:
    """Read a founding date: a whole date, or a year."""
    year, month, number = _date_parts(text)
    return date(year, month, number).isoformat() if month and number else str(year)


def _date_parts(text: str) -> tuple[int, int, int]:
    written = plain(text).replace(" ", "")
    if found := _WESTERN.fullmatch(written):
        year = int(found[1])
    elif found := _WAREKI.fullmatch(written):
        year = _era_year(_ERA_OF.get(found[1], found[1]), 1 if found[2] == "元" else int(found[2]))
    else:
        raise ValueError("日付が読めません。2023-06-01 か 令和5年6月1日 の形で書いてください")
    month, number = (int(found[place] or 0) for place in (found.re.groups - 1, found.re.groups))
    if month and number:
        try:
            date(year, month, number)
        except ValueError:
            raise ValueError("暦にない日です。年月日を確かめてください") from None
    return year, month, number


def _era_year(era: str, number: int) -> int:
    before, last = _ERAS[era]
    if not 1 <= number <= last:
        raise ValueError(f"{era}{number}年はありません。年月日を確かめてください")
    return before + number


def yen(text: str) -> int:
    """Read an amount: 10000000, 1,000万円, 1億2000万円."""
    return _amount(re.sub(r"円$", "", plain(text)), "金額は 10000000 か 1,000万円 の形で書いてください")


def count(text: str) -> int:
    """Read a number of persons or things: 25, 25名, ２５人."""
    return _amount(re.sub(r"[名人台個]$", "", plain(text)), "整数で書いてください")


def _amount(text: str, mend: str) -> int:
    digits = re.sub(r"[,\s]", "", text)
    found = re.fullmatch(r"(?:([0-9.]+)億)?(?:([0-9.]+)万)?(?:([0-9.]+)千)?([0-9]+(?:\.0)?)?", digits)
    if not digits or found is None:
        raise ValueError(mend)
    total = sum(float(found[place] or 0) * size for place, size in enumerate(_UNITS.values(), start=1))
    return round(total + float(found[4] or 0))


def yes_or_no(text: str) -> bool:
    """Read 可 or 不可, はい or いいえ, ○ or ×."""
    word = plain(text).casefold()
    if word in _YES or text.strip() in _YES:
        return True
    if word in _NO or text.strip() in _NO:
        return False
    raise ValueError("はい か いいえ で書いてください")


def code(entries: Mapping[str, CodeEntry], text: str) -> str:
    """Read one word of a code list: its code, its name or another word for it."""
    found = codes.find_code(entries, text)
    if found is None:
        raise ValueError(f"「{text}」は一覧にありません。雛形の「一覧」シートから選んでください")
    return found


def municipality(text: str) -> str:
    """Read a municipality: its name, or its code with or without check digit and leading zero."""
    found = codes.municipality_code(text)
    if found is None:
        raise ValueError("県内の市町村名か団体コードを書いてください")
    return found
