"""Tokens hold for one purpose, survive rotation where they must, and break when one bit changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from generator.errors import SettingsError
from generator.forms.tokens import ExpiredTokenError, InvalidTokenError, Purpose, Tokens, new_key

OLD, NEW, NEWEST = (SecretStr(f"a key of sufficient length {n}") for n in range(3))


@pytest.mark.parametrize("purpose", list(Purpose))
def test_what_was_signed_is_read_back(purpose: Purpose) -> None:
    tokens = Tokens([NEW])
    assert tokens.read(purpose, tokens.sign(purpose, {"s": 12, "n": "magazine"})) == {
        "s": 12,
        "n": "magazine",
    }


@pytest.mark.parametrize("made", list(Purpose))
@pytest.mark.parametrize("read", list(Purpose))
def test_a_token_serves_its_own_purpose_only(made: Purpose, read: Purpose) -> None:
    if made is read:
        return
    token = Tokens([NEW]).sign(made, {"s": 1})
    with pytest.raises(InvalidTokenError):
        Tokens([NEW]).read(read, token)


def test_a_way_to_leave_survives_two_rotations() -> None:
    token = Tokens([OLD]).sign(Purpose.UNSUBSCRIBE, {"s": 1})
    assert Tokens([NEWEST, NEW, OLD]).read(Purpose.UNSUBSCRIBE, token) == {"s": 1}


def test_new_tokens_are_signed_with_the_first_key() -> None:
    token = Tokens([NEW, OLD]).sign(Purpose.UNSUBSCRIBE, {"s": 1})
    assert Tokens([NEW]).read(Purpose.UNSUBSCRIBE, token) == {"s": 1}
    with pytest.raises(InvalidTokenError):
        Tokens([OLD]).read(Purpose.UNSUBSCRIBE, token)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_changed_bit_is_refused(purpose: Purpose) -> None:
    tokens = Tokens([NEW])
    token = tokens.sign(purpose, {"s": 1, "n": "magazine"})
    for place, character in enumerate(token):
        for bit in range(8):
            changed = token[:place] + chr(ord(character) ^ (1 << bit)) + token[place + 1 :]
            with pytest.raises(InvalidTokenError):
                tokens.read(purpose, changed)


@given(st.text(max_size=200))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidTokenError):
        Tokens([NEW]).read(Purpose.CONFIRM, text)


def test_an_old_confirmation_has_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Tokens([NEW])
    token = tokens.sign(Purpose.CONFIRM, {"s": 1})
    monkeypatch.setattr("itsdangerous.timed.TimestampSigner.get_timestamp", lambda _self: 4_000_000_000)
    with pytest.raises(ExpiredTokenError):
        tokens.read(Purpose.CONFIRM, token)


@pytest.mark.parametrize("keys", [[], [SecretStr("short")]])
def test_weak_keys_are_refused(keys: list[SecretStr]) -> None:
    with pytest.raises(SettingsError):
        Tokens(keys)


def test_a_fresh_key_is_accepted() -> None:
    assert Tokens([SecretStr(new_key())]).sign(Purpose.FORM, {})
