"""Beside the page of all that one can still apply for lies its flyer, laid out anew only when its words changed."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from generator.content.library import make_library
from generator.content.model import Event
from generator.errors import SettingsError
from generator.rendering.pdf import can_print
from generator.site import flyers
from generator.site.flyers import order_flyers
from generator.site.view import SiteView
from tests.builders import ON, make_event, make_grant, make_place, make_settings

ROOT = Path(__file__).parents[3]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand in for the printing process, and keep what it was given."""
    given: list[str] = []

    def fake_pdf(versions: Sequence[str]) -> bytes:
        given.append(versions[0])
        return b"%PDF-" + str(len(given)).encode()

    monkeypatch.setattr(flyers, "first_on_one_sheet", fake_pdf)
    monkeypatch.setattr(flyers, "can_print", lambda: True)
    monkeypatch.setattr(flyers, "_printers", lambda _: ThreadPoolExecutor(1))
    return given


def make(project: Path, *items: object, **over: object) -> dict[str, bytes]:
    if not (project / "templates").exists():
        (project / "templates").symlink_to(ROOT / "templates")
    settings = make_settings(project, **{"flyers": True, **over})
    with order_flyers(SiteView(make_library([*items, make_place("desk")], on=ON), settings)) as ordered:
        files = ordered.files()
        assert files.keys() == ordered.addresses
        return files


def event(**over: object) -> Event:
    return make_event(desk="desk", **over)


def test_only_what_one_can_still_apply_for_has_a_flyer(tmp_path: Path, printed: list[str]) -> None:
    called_off = make_event("off", status="cancelled")
    over = make_event("over", day=ON.replace(month=10))
    closed = make_grant("closed", opens=ON.replace(month=4), closes=ON.replace(month=5))
    made = make(tmp_path, event(), called_off, over, make_grant(), closed)
    assert [*made] == ["events/2023/seminar/flyer.pdf", "grants/overseas-2023-1/flyer.pdf"]
    assert len(printed) == 2


def test_a_flyer_is_laid_out_again_only_when_its_words_changed(tmp_path: Path, printed: list[str]) -> None:
    first = make(tmp_path, event())
    assert make(tmp_path, event()) == first
    assert len(printed) == 1
    changed = make(tmp_path, event(capacity=20))
    assert changed != first
    assert "20名" in printed[1]
    assert len(list((tmp_path / "build/flyers").iterdir())) == 1


def test_there_is_no_flyer_where_the_settings_or_the_machine_do_not_give_one(
    tmp_path: Path, printed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert make(tmp_path, event(), flyers=False) == {}
    monkeypatch.setattr(flyers, "can_print", lambda: False)
    assert make(tmp_path, event()) == {}
    assert not (tmp_path / "build/flyers").exists()


def test_a_printer_that_fails_after_it_once_printed_stops_the_build(
    tmp_path: Path, printed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, event())

    def broken(_: Sequence[str]) -> bytes:
        raise SettingsError("PDFを作る部品がありません")

    monkeypatch.setattr(flyers, "first_on_one_sheet", broken)
    with pytest.raises(SettingsError):
        make(tmp_path, event(), make_grant())


@pytest.mark.skipif(not can_print(), reason="this machine cannot print Japanese")
def test_another_process_lays_a_flyer_out(tmp_path: Path) -> None:
    (flyer,) = make(tmp_path, event()).values()
    assert flyer.startswith(b"%PDF-")
