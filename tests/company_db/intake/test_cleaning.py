"""Cells as people and spreadsheets write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from company_db.intake import cleaning
from company_db.intake.names import fold, spell_out

RIGHT: list[tuple[Callable[[str], Any], str, Any]] = [
    (cleaning.company_key, "４０１１００１０９８９９３", "4011001098993"),
    (cleaning.company_key, "K00000012", "k00000012"),
    (cleaning.postal_code, "〒３１０－０８０１", "310-0801"),
    (cleaning.postal_code, "3100801", "310-0801"),
    (cleaning.telephone, "０２９（０００）１２３４", "029-000-1234"),
    (cleaning.telephone, "290001234", "029-000-1234"),
    (cleaning.telephone, "0294001234", "0294-00-1234"),
    (cleaning.telephone, "09000001234", "090-0000-1234"),
    (cleaning.telephone, "0300001234", "03-0000-1234"),
    (cleaning.day, "令和5年6月1日", date(2023, 6, 1)),
    (cleaning.day, "R5.6.1", date(2023, 6, 1)),
    (cleaning.day, "平成元年１２月３１日", date(1989, 12, 31)),
    (cleaning.day, "2023/6/1", date(2023, 6, 1)),
    (cleaning.day, "2023-06-01", date(2023, 6, 1)),
    (cleaning.founded, "昭和43年", "1968"),
    (cleaning.founded, "S43", "1968"),
    (cleaning.founded, "1968", "1968"),
    (cleaning.day, "平成35年3月31日", date(2023, 3, 31)),
    (cleaning.founded, "昭和43年4月1日", "1968-04-01"),
    (cleaning.yen, "1,000万円", 10_000_000),
    (cleaning.yen, "１０００万", 10_000_000),
    (cleaning.yen, "1億2000万円", 120_000_000),
    (cleaning.yen, "3000千円", 3_000_000),
    (cleaning.yen, "10000000", 10_000_000),
    (cleaning.count, "２５名", 25),
    (cleaning.count, "1,200人", 1200),
    (cleaning.yes_or_no, "○", True),
    (cleaning.yes_or_no, "不可", False),
    (cleaning.municipality, "8201", "08201"),
    (cleaning.kana, "みほん　ｾｲｷ", "ミホン セイキ"),
    (cleaning.parts, "英語、中国語\n韓国語", ("英語", "中国語", "韓国語")),
]

WRONG: list[tuple[Callable[[str], Any], str, str]] = [
    (cleaning.company_key, "4.011E+12", "丸めています"),
    (cleaning.company_key, "401100109899", "13桁"),
    (cleaning.postal_code, "310-080", "310-0801 の形"),
    (cleaning.telephone, "12345", "市外局番から"),
    (cleaning.day, "2023年6月", "年月日"),
    (cleaning.day, "2023-02-30", "暦にない日"),
    (cleaning.day, "来月", "日付が読めません"),
    (cleaning.founded, "昭和99年1月1日", "昭和99年はありません"),
    (cleaning.day, "令和0年1月1日", "令和0年はありません"),
    (cleaning.yen, "約千万", "1,000万円 の形"),
    (cleaning.count, "数名", "整数"),
    (cleaning.kana, "見本精機", "カタカナで"),
    (cleaning.yes_or_no, "たぶん", "はい か いいえ"),
    (cleaning.municipality, "東京都", "県内の市町村"),
]


@pytest.mark.parametrize(("read", "text", "value"), RIGHT)
def test_what_people_write_is_read(read: Callable[[str], Any], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(("read", "text", "message"), WRONG)
def test_what_cannot_be_read_says_what_to_write(read: Callable[[str], Any], text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(text)


@pytest.mark.parametrize("written", ["㈱髙﨑精機", "(株)髙﨑精機", "（株）髙﨑精機", "株式会社髙﨑精機"])
def test_legal_forms_are_spelled_out_and_kanji_stay(written: str) -> None:
    assert spell_out(written) == "株式会社髙﨑精機"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("㈱髙﨑精機", "高崎精機株式会社"),
        ("ミホン・セイキ有限会社", "ﾐﾎﾝｾｲｷ(有)"),
        ("ＡＢＣ工業", "abc 工業"),
        ("龍ケ崎食品", "竜ヶ﨑食品"),
    ],
)
def test_spellings_of_one_name_meet(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_different_names_stay_apart() -> None:
    assert fold("見本精機") != fold("見本精工")
