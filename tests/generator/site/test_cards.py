"""Cards for those who share a link: the right size, drawn once, left out where no font can draw them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from generator.site import cards
from tests.builders import make_settings


@pytest.mark.skipif(cards.find_card_font() is None, reason="no Japanese font on this machine")
def test_every_room_has_a_card_of_the_size_that_services_show(tmp_path: Path) -> None:
    made = {a.path: a.content for a in cards.card_files(make_settings(tmp_path))}
    assert {"assets/cards/home.png", "assets/cards/events.png"} <= set(made)
    with Image.open(io.BytesIO(made["assets/cards/home.png"])) as image:
        assert image.size == (1200, 630)
    assert max(map(len, made.values())) < 60_000


@pytest.mark.skipif(cards.find_card_font() is None, reason="no Japanese font on this machine")
def test_a_card_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = list(cards.card_files(make_settings(tmp_path)))
    monkeypatch.setattr(cards, "draw_card", lambda *_: pytest.fail("drawn again"))
    assert list(cards.card_files(make_settings(tmp_path))) == first


def test_without_a_font_there_is_no_card_rather_than_empty_boxes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "find_card_font", lambda: None)
    assert list(cards.card_files(make_settings(tmp_path))) == []
