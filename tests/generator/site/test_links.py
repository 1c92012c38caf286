"""Links that lead nowhere are found before anything is drawn, each in its file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from generator.content.library import Library, load_library
from generator.content.source import ContentSource
from generator.errors import Severity
from generator.settings import Settings
from generator.site.links import dead_links
from tests.builders import ON, make_settings

PAGES = {"notices/2023/first/", "notices/2023/second/", "notices/", "en/notices/2023/first/"}


def library_of(project: Path, text: str, english: str = "") -> tuple[Library, Settings]:
    folder = project / "content" / "notices"
    folder.mkdir(parents=True)
    head = f"---\ntitle: 題\ncategory: information\npublished: {ON}\n"
    (folder / "first.md").write_text(f"{head}---\n{text}\n", encoding="utf-8")
    (folder / "second.md").write_text(f"{head}---\n本文\n", encoding="utf-8")
    later = f"---\ntitle: 題\ncategory: information\npublished: {ON + timedelta(days=1)}\n---\n本文\n"
    (folder / "later.md").write_text(later, encoding="utf-8")
    if english:
        (folder / "first.en.md").write_text(f"---\ntitle: Title\n---\n{english}\n", encoding="utf-8")
    settings = make_settings(project)
    library = load_library([ContentSource()], settings, ON)
    assert library.errors == ()
    return library, settings


def told(project: Path, text: str, english: str = "") -> list[tuple[str, int, str, Severity, str]]:
    library, settings = library_of(project, text, english)
    found = dead_links(library, settings, PAGES, ())
    return [(p.path.removeprefix("content/notices/"), p.line, p.value, p.severity, p.mend) for p in found]


@pytest.mark.parametrize(
    ("target", "mend"),
    [
        ("/notices/2023/secnod/", "「/notices/2023/second/」のことですか"),
        ("/notices/2023/second", "「/notices/2023/second/」のことですか"),
        ("second.md", "「/notices/2023/second/」のことですか"),
        ("/nowhere/", "行き先のページのアドレスを確かめ、/ から書いてください"),
        ("/assets/form.pdf", "content/assets/ にファイルを置いてください"),
    ],
)
def test_a_link_to_nowhere_is_an_error_with_what_was_meant(tmp_path: Path, target: str, mend: str) -> None:
    ((name, line, value, severity, said),) = told(tmp_path, f"本文\n[行き先]({target})")
    assert (name, line, value, severity) == ("first.md", 7, target, Severity.ERROR)
    assert said.endswith(mend)


def test_a_page_that_is_not_public_on_the_day_is_a_warning(tmp_path: Path) -> None:
    ((_, _, value, severity, _),) = told(tmp_path, "[あした](/notices/2023/later/)")
    assert (value, severity) == ("/notices/2023/later/", Severity.WARNING)


@pytest.mark.parametrize(
    "target",
    [
        "/notices/2023/second/?a=b#c",
        "../second/",
        "#here",
        "https://example.jp/none/",
        "/notices/atom.xml",
        "/inquiry/?about=x",
        "/assets/form.pdf",
    ],
)
def test_what_is_there_or_answered_by_others_is_left_in_peace(tmp_path: Path, target: str) -> None:
    (tmp_path / "content" / "assets").mkdir(parents=True)
    (tmp_path / "content" / "assets" / "form.pdf").touch()
    assert told(tmp_path, f"[行き先]({target})") == []


def test_an_english_text_is_read_from_its_own_page(tmp_path: Path) -> None:
    found = told(tmp_path, "本文", english="[a](../first/) [b](/en/none/)")
    assert [(name, line, value) for name, line, value, _, _ in found] == [("first.en.md", 4, "/en/none/")]
