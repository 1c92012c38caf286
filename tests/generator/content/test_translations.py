"""What the English site lacks is named by the file to write."""

from __future__ import annotations

from datetime import date

from generator.content.codes import Topic
from generator.content.library import make_library
from generator.content.model import Translation
from generator.content.translations import translation_problems
from tests.builders import ON, make_event, make_place, make_program


def test_overseas_programs_their_desks_and_coming_events_need_english() -> None:
    library = make_library(
        [
            make_program("overseas", topics=(Topic.OVERSEAS,), desk="overseas-desk"),
            make_program("local"),
            make_place("overseas-desk"),
            make_place("other-desk"),
            make_event("coming", topics=(Topic.OVERSEAS,)),
            make_event("past", day=date(2023, 5, 1), topics=(Topic.OVERSEAS,)),
        ],
        on=ON,
    )
    assert [problem.path for problem in translation_problems(library, ON)] == [
        "content/events/2023/coming.en.md",
        "content/places/overseas-desk.en.md",
        "content/programs/overseas.en.md",
    ]


def test_a_text_that_nobody_checked_is_named_until_someone_does() -> None:
    draft = make_program("draft", english=Translation(title="Draft"))
    done = make_program("done", english=Translation(title="Done", checked=True))
    problems = translation_problems(make_library([draft, done], on=ON), ON)
    assert [problem.message for problem in problems] == ["人が確かめていない英文です"]
