"""New files: a blank one knows every field of its kind, one like an earlier one waits only for its dates."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from generator.content.model import Event, Item
from generator.content.reader import KINDS, read_content
from generator.content.sheet import blank_sheet, sheet_like, start_file
from generator.errors import RefusedError

SAMPLE = Path(__file__).parents[3] / "content"
ON = date(2024, 2, 1)


def problems_of(content: Path, path: Path) -> set[tuple[str, str]]:
    shown = f"content/{path.relative_to(content).as_posix()}"
    return {(p.field, p.message) for p in read_content(content).problems if p.path == shown}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.folder)
def test_a_blank_sheet_misses_nothing_but_what_is_needed(tmp_path: Path, kind: type[Item]) -> None:
    path = start_file(tmp_path, kind.folder, "new-one", like="", on=ON)
    found = problems_of(tmp_path, path)
    assert {message for _, message in found} <= {"項目がありません", "日付がありません"}
    needed = {name for name, info in kind.model_fields.items() if info.is_required()} - {"slug", "path"}
    assert {field for field, _ in found} <= needed | {"sessions.1.date", "venue.name", "date"}
    assert "title" in {field for field, _ in found}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.folder)
def test_a_blank_sheet_names_every_field_that_may_be_written(kind: type[Item]) -> None:
    names = set(re.findall(r"^(\w+):", blank_sheet(kind), re.MULTILINE))
    known = set(kind.model_fields) - {"slug", "path", "body", "english"}
    assert names == (known - {"sessions"} | {"date", "time"} if kind is Event else known)


def test_an_entry_of_a_list_is_shown_as_a_comment() -> None:
    assert (
        "files:  # 配る様式・資料。一件ずつ、下の形で並べる\n  # - title: 名前。例 公募要領\n"
        in blank_sheet(Event)
    )


def test_a_sheet_like_an_earlier_one_waits_only_for_its_dates(tmp_path: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(SAMPLE, content)
    for kind in KINDS:
        earlier = next(p for p in sorted((SAMPLE / kind.folder).rglob("*.md")) if ".en." not in p.name)
        path = start_file(content, kind.folder, "once-more", like=earlier.stem, on=ON)
        assert {message for _, message in problems_of(content, path)} <= {
            "項目がありません",
            "日付がありません",
        }
        assert path.read_text(encoding="utf-8").endswith(
            earlier.read_text(encoding="utf-8").partition("\n---\n")[2]
        )


def test_what_belonged_to_its_time_is_taken_out_and_remembered() -> None:
    text = (
        "---\ntitle: 研修\nsessions:\n  - date: 2023-06-01\n    time: 13:00-15:00\n"
        "deadline: 2023-05-20\nstatus: cancelled\ncapacity: 20\n---\n本文\n"
    )
    assert sheet_like(text, Event) == (
        "---\ntitle: 研修\nsessions:\ndeadline:  # 前は 2023-05-20\nstatus:  # 前は cancelled\n"
        "capacity: 20\n---\n本文\n"
    )


@pytest.mark.parametrize(("folder", "place"), [("events", "events/2023"), ("notices", "notices/2024")])
def test_a_file_lies_where_its_year_is(tmp_path: Path, folder: str, place: str) -> None:
    path = start_file(tmp_path, folder, "new-one", like="", on=ON)
    assert path.parent == tmp_path / place


@pytest.mark.parametrize(
    ("folder", "name", "like", "said"),
    [
        ("event", "new-one", "", "ない種類です"),
        ("events", "New One", "", "使えない名前です"),
        ("events", "../../evil", "", "使えない名前です"),
        ("events", "mini-sns", "", "もうあります"),
        ("events", "new-one", "mini-sn", "「mini-sns」のことですか"),
    ],
)
def test_a_file_that_may_not_be_made_is_refused_with_its_mend(
    tmp_path: Path, folder: str, name: str, like: str, said: str
) -> None:
    content = tmp_path / "content"
    shutil.copytree(SAMPLE / "events", content / "events")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RefusedError, match=said):
        start_file(content, folder, name, like=like, on=ON)
    assert sorted(tmp_path.rglob("*")) == before
