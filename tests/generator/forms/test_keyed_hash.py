"""The quick HMAC is the standard one."""

from __future__ import annotations

import hmac

from hypothesis import given
from hypothesis import strategies as st

from generator.forms.keyed_hash import KeyedHash


@given(st.binary(max_size=200), st.lists(st.binary(max_size=300), max_size=3))
def test_it_is_the_standard_hmac_however_often_it_is_asked(key: bytes, texts: list[bytes]) -> None:
    keyed = KeyedHash(key)
    assert [keyed.digest(text) for text in texts] == [hmac.digest(key, text, "sha256") for text in texts]
