from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from generator.content.states import HeldState, WindowState
from generator.rendering.filters import (
    clock_time,
    date_en,
    date_ja,
    fee_ja,
    hours_abroad,
    phone_abroad,
    rate_ja,
    state_mark,
    thousand_yen,
    yen,
)


def test_a_date_is_written_with_its_weekday() -> None:
    assert date_ja(date(2023, 11, 22)) == "2023年11月22日（水）"
    assert date_en(date(2023, 11, 22)) == "22 November 2023 (Wed)"


def test_a_moment_in_another_zone_is_shown_as_it_is_in_japan() -> None:
    late = datetime(2023, 11, 22, 16, 30, tzinfo=UTC)
    assert date_ja(late) == "2023年11月23日（木）"
    assert clock_time(late) == "01:30"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (2_500_000, "250万円"),
        (120_000_000, "1億2,000万円"),
        (100_000_000, "1億円"),
        (3_500, "3,500円"),
        (12_345, "12,345円"),
        (10_000_000, "1,000万円"),
    ],
)
def test_money_is_written_as_people_say_it_and_loses_nothing(amount: int, text: str) -> None:
    assert yen(amount) == text


def test_nothing_to_pay_is_a_word() -> None:
    assert fee_ja(0) == "無料"
    assert fee_ja(3000) == "3,000円"


def test_plan_tables_use_thousands() -> None:
    assert thousand_yen(612_024) == "612,024千円"


def test_a_rate_is_a_fraction_and_none_is_a_fixed_amount() -> None:
    assert rate_ja(Fraction(2, 3)) == "2/3以内"
    assert rate_ja(None) == "定額"


@pytest.mark.parametrize("state", [*HeldState, *WindowState])
def test_every_state_has_a_shape(state: HeldState | WindowState) -> None:
    assert state_mark(state) in {"open", "soon", "planned", "closed", "stopped"}


def test_a_number_for_readers_abroad_begins_with_the_country() -> None:
    assert phone_abroad("029-000-0010") == "+81-29-000-0010"
    assert phone_abroad("+81-29-000-0010") == "+81-29-000-0010"


@pytest.mark.parametrize(
    ("hours", "days", "written"),
    [
        ("9時〜17時", "平日", "Weekdays 9:00–17:00, Japan time (UTC+9)"),
        ("8時30分〜17時15分", "", "8:30–17:15, Japan time (UTC+9)"),
        ("9時〜12時、13時〜17時", "平日", "Weekdays 9:00–12:00, 13:00–17:00, Japan time (UTC+9)"),
        (
            "10時〜16時",
            "第1・第3火曜日（祝日を除く）",
            "1st and 3rd Tuesday (except holidays) 10:00–16:00, Japan time (UTC+9)",
        ),
        (
            "10時〜16時",
            "毎週水曜日（祝日を除く）",
            "Every Wednesday (except holidays) 10:00–16:00, Japan time (UTC+9)",
        ),
        ("10時〜16時", "月によって変わります", ""),
        ("お昼すぎまで", "平日", ""),
        ("10時〜16時、お昼は休み", "平日", ""),
    ],
)
def test_hours_for_readers_abroad_are_the_same_hours_or_none(hours: str, days: str, written: str) -> None:
    assert hours_abroad(hours, days) == written
