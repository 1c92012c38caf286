"""Values as Japanese staff write them, turned into what the model takes: era dates, full-width digits, times."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_ERA_DATE = re.compile(r"(明治|大正|昭和|平成|令和)\s*(元|\d{1,2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_WESTERN_DATE = re.compile(r"(\d{4})\s*[年/.\-]\s*(\d{1,2})\s*[月/.\-]\s*(\d{1,2})\s*日?")
_TIME = re.compile(r"(\d{1,2})\s*(?::|時)\s*(\d{1,2})?\s*(?:分|:00)?")
_WEEKDAY = re.compile(r"[(（][月火水木金土日](?:曜日?)?[・祝]*[)）]")


def parse_date(text: str) -> date:
    """Read 2023-11-22, 2023/11/22, 2023年11月22日（水） or 令和5年11月22日.

    Raises ``ValueError`` with the mend for anything else, and for days that do not exist.
    """
    plain = _WEEKDAY.sub("", unicodedata.normalize("NFKC", text)).strip()
    plain = _WEEKDAY.sub("", plain).strip()
    if match := _ERA_DATE.fullmatch(plain):
        era, year, month, day = match.groups()
        return _existing(_ERAS[era] + (1 if year == "元" else int(year)), int(month), int(day))
    if match := _WESTERN_DATE.fullmatch(plain):
        return _existing(*map(int, match.groups()))
    if not plain:
        raise ValueError("日付がありません。2023-11-22 の形で書いてください")
    raise ValueError("日付として読めません。2023-11-22 の形で書いてください")


def _existing(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(
            f"{year}年{month}月{day}日という日はありません。2023-11-22 の形で書いてください"
        ) from None


def parse_clock(text: str) -> str:
    """Read 13:30, 13:30:00, １３：３０ or 13時30分 as ``HH:MM``; ``ValueError`` with the mend otherwise."""
    match = _TIME.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not match or int(match[1]) > 23 or int(match[2] or 0) > 59:
        raise ValueError("時刻として読めません。13:30 の形で書いてください")
    return f"{int(match[1]):02}:{int(match[2] or 0):02}"


def parse_span(text: str) -> tuple[str, str]:
    """Read 13:30-16:00 (or with 〜) as two clock times; ``ValueError`` with the mend otherwise."""
    parts = re.split(r"\s*[-~〜～ー–—−]\s*", unicodedata.normalize("NFKC", text).strip())
    if len(parts) != 2:
        raise ValueError("時間として読めません。13:30-16:00 の形で書いてください")
    return parse_clock(parts[0]), parse_clock(parts[1])


_MONEY = re.compile(r"([\d,]+(?:\.\d+)?)\s*(億|万|千)?\s*円?")
_UNITS = {"億": 100_000_000, "万": 10_000, "千": 1_000, None: 1}


def parse_whole_number(text: str) -> int:
    """Read 1000000, １，０００，０００, 100万円 or 無料 (0); ``ValueError`` with the mend otherwise."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain == "無料":
        return 0
    match = _MONEY.fullmatch(plain)
    amount = float(match[1].replace(",", "")) * _UNITS[match[2]] if match else 0.5
    if not amount.is_integer():
        raise ValueError("数として読めません。1000000 のように半角の数字で書いてください")
    return int(amount)


def parse_truth(text: str) -> bool:
    """Read true/false, はい/いいえ, 有/無, 可/否, yes/no; ``ValueError`` with the mend otherwise."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if plain in {"true", "yes", "はい", "有", "可", "1"}:
        return True
    if plain in {"false", "no", "いいえ", "無", "否", "0"}:
        return False
    raise ValueError("はい・いいえとして読めません。true か false で書いてください")
