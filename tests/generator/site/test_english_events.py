"""The English page of an event answers a reader abroad: when, where, until when, how, and whom to ask."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from generator.content.library import make_library
from generator.content.model import Event, Translation
from generator.site.plan import plan_site
from generator.site.view import SiteView
from tests.builders import ON, make_event, make_place, make_settings

ROOT = Path(__file__).parents[3]
DESK = make_place(
    "desk", telephone="029-000-0010", hours="9時〜17時", days="平日", english=Translation(title="Trade desk")
)


def english_event(slug: str = "fair", **over: object) -> Event:
    english = Translation(title=f"The {slug}", venue="Industry Hall, Mito", checked=True)
    return make_event(slug, **{"desk": "desk", "english": english, **over})


def pages(*events: Event) -> dict[str, str]:
    made = plan_site(SiteView(make_library([*events, DESK], on=ON), make_settings(ROOT)))
    return {document.path: document.content.decode() for document in made.docs["en"]}


def test_a_reader_abroad_learns_all_that_a_japanese_one_does() -> None:
    page = pages(english_event(deadline=date(2023, 11, 30), capacity=20))["events/2023/fair/index.md"]
    for words in (
        "6 December 2023 (Wed)",
        "13:30–16:00 (Japan time)",
        "Industry Hall, Mito",
        '<span lang="ja">茨城県産業会館<br>水戸市桜川2-2-35</span>',
        "Until 30 November 2023 (Thu)",
        "register/2023/fair/?lang=en",
        "events/2023/fair/event.ics",
        "Trade desk",
        "+81-29-000-0010",
        "Weekdays 9:00–17:00, Japan time (UTC+9)",
    ):
        assert words in page
    assert '"name":"Industry Hall, Mito"' in page.replace('\\"', '"')


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"status": "cancelled"}, "This event has been cancelled."),
        ({"status": "postponed"}, "This event has been postponed."),
        ({"day": date(2023, 10, 2)}, "This event is over."),
        ({"deadline": date(2023, 11, 1)}, "Applications are closed."),
    ],
)
def test_who_cannot_apply_any_more_is_told_why(over: dict[str, object], reason: str) -> None:
    page = pages(english_event(**over))["events/2023/fair/index.md"]
    assert reason in page
    assert "register/" not in page


def test_the_list_tells_coming_events_from_past_ones_and_marks_those_called_off() -> None:
    made = pages(
        english_event("later", day=date(2024, 2, 1)),
        english_event("off", status="cancelled"),
        english_event("over", day=date(2023, 10, 2)),
    )
    coming, _, past = made["events/index.md"].partition("Past events")
    assert coming.index("The off") < coming.index("The later")
    assert coming.count("Cancelled") == 1
    assert "The over" in past
    assert "Cancelled" in made["index.md"]
    assert "The over" not in made["index.md"]
