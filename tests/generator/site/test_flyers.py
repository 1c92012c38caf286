"""Beside the page of all that one can still apply for lies its flyer, laid out anew only when its words changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.content.library import make_library
from generator.content.model import Event
from generator.site import flyers
from generator.site.artifact import Artifact
from generator.site.flyers import flyer_files
from generator.site.view import SiteView
from tests.builders import ON, make_event, make_grant, make_place, make_settings

ROOT = Path(__file__).parents[3]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand in for the printer, and keep what it was given."""
    given: list[str] = []

    def fake_pdf(html: str) -> bytes:
        given.append(html)
        return b"%PDF-" + str(len(given)).encode()

    monkeypatch.setattr(flyers, "html_to_pdf", fake_pdf)
    monkeypatch.setattr(flyers, "can_print", lambda: True)
    return given


def make(project: Path, *items: object, **over: object) -> tuple[Artifact, ...]:
    if not (project / "templates").exists():
        (project / "templates").symlink_to(ROOT / "templates")
    settings = make_settings(project, **{"flyers": True, **over})
    return flyer_files(SiteView(make_library([*items, make_place("desk")], on=ON), settings))


def event(**over: object) -> Event:
    return make_event(desk="desk", **over)


def test_only_what_one_can_still_apply_for_has_a_flyer(tmp_path: Path, printed: list[str]) -> None:
    called_off = make_event("off", status="cancelled")
    over = make_event("over", day=ON.replace(month=10))
    closed = make_grant("closed", opens=ON.replace(month=4), closes=ON.replace(month=5))
    made = make(tmp_path, event(), called_off, over, make_grant(), closed)
    assert [flyer.path for flyer in made] == [
        "events/2023/seminar/flyer.pdf",
        "grants/overseas-2023-1/flyer.pdf",
    ]
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
    assert make(tmp_path, event(), flyers=False) == ()
    monkeypatch.setattr(flyers, "can_print", lambda: False)
    assert make(tmp_path, event()) == ()
    assert printed == []
