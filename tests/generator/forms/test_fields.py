"""Form fields are cleaned and refused in words that stand beside the field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.forms.fields import FormReading, has_controls

NAUGHTY = Path(__file__).parents[4] / "shared/data/hostile/blns.json"


def test_line_ends_become_newlines_and_spaces_at_the_ends_go() -> None:
    assert FormReading({"pr": "  一行\r\n二行\r三行 "}).text("pr", label="PR") == "一行\n二行\n三行"


@pytest.mark.parametrize("value", ["a\r\nBcc: x@example.jp", "a\nb", "a\0b", "a\u202eb", "a\x1bb"])
def test_a_line_takes_no_control_characters(value: str) -> None:
    form = FormReading({"name": value})
    assert form.line("name", label="お名前") == ""
    assert [e.name for e in form.errors] == ["name"]


def test_a_missing_or_too_long_answer_is_told_with_its_label() -> None:
    form = FormReading({"name": "あ" * 201})
    form.line("name", label="お名前")
    form.line("company", label="会社名", required=True)
    assert [e.message for e in form.errors] == [
        "お名前は200字までにしてください（今は201字）",
        "会社名を書いてください",
    ]


def test_a_choice_is_one_of_those_offered() -> None:
    form = FormReading({"topic": "other"})
    assert form.choice("topic", label="分野", allowed={"overseas": "海外"}) == ""
    assert form.choice("none", label="種類", allowed={}, required=True) == ""
    assert [e.name for e in form.errors] == ["topic", "none"]


@pytest.mark.shared
def test_naughty_strings_pass_as_text_or_are_refused_never_changed() -> None:
    if not NAUGHTY.exists():
        pytest.skip("../shared/data/hostile is not here")
    for value in json.loads(NAUGHTY.read_text(encoding="utf-8")):
        form = FormReading({"x": value})
        read = form.text("x", label="本文")
        assert bool(form.errors) or read == value.replace("\r\n", "\n").replace("\r", "\n").strip()
        assert not has_controls(read, lines=True)


def test_every_word_is_said_in_the_language_of_the_form() -> None:
    form = FormReading({"a": "x\0", "b": "y" * 201, "d": "no", "e": "taro@"}, "en")
    form.line("a", label="Name")
    form.line("b", label="Company")
    form.line("c", label="Message", required=True)
    form.choice("d", label="Kind", allowed={})
    assert form.address("e", label="Email address") is None
    assert len(form.errors) == 5
    assert all(error.message.isascii() for error in form.errors)


def test_an_address_is_read_once_for_every_form() -> None:
    form = FormReading({"address": "taro＠example.jp", "wrong": "taro"})
    found = form.address("address", label="メールアドレス")
    assert found is not None
    assert found.mailbox == "taro@example.jp"
    assert form.address("wrong", label="メールアドレス") is None
    assert form.errors[0].message.endswith("メールアドレスを taro@example.jp の形で書いてください")
