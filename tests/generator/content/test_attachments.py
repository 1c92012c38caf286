"""Files for people to take: each link says what and how large, and what is missing or odd is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.content.attachments import file_note, noted, size_text
from generator.content.library import make_library
from generator.content.model import Translation
from generator.content.source import ContentSource
from generator.site.plan import plan_site
from generator.site.view import SiteView
from tests.builders import ON, make_grant, make_program, make_settings

ROOT = Path(__file__).parents[3]


@pytest.fixture
def content(tmp_path: Path) -> Path:
    content = tmp_path / "content"
    (content / "assets" / "grants").mkdir(parents=True)
    (content / "assets" / "grants" / "youryou.pdf").write_bytes(b"%PDF-" + b"x" * 35_995)
    (content / "assets" / "grants" / "empty.xlsx").touch()
    (content / "assets" / "grants" / "run.exe").write_bytes(b"MZ")
    (content / "secret.pdf").write_bytes(b"%PDF-")
    return content


@pytest.mark.parametrize(
    ("size", "text"), [(840, "840バイト"), (36_000, "36KB"), (994_999, "995KB"), (1_240_000, "1.2MB")]
)
def test_a_size_is_written_as_people_say_it(size: int, text: str) -> None:
    assert size_text(size) == text


def test_a_note_names_kind_and_size_and_is_empty_for_what_is_no_document(content: Path) -> None:
    assert file_note(content / "assets/grants/youryou.pdf") == "PDF、36KB"
    assert file_note(content / "assets/grants/run.exe") == ""
    assert file_note(content / "assets/grants/none.pdf") == ""


def test_links_in_a_text_say_kind_and_size_once(content: Path) -> None:
    plain = '<a href="/assets/grants/youryou.pdf">公募要領</a>'
    told = '<a href="/assets/grants/youryou.pdf">公募要領（PDF）</a>'
    other = '<a href="https://example.jp/assets/grants/youryou.pdf">よその要領</a>'
    assert noted(plain, "/", content) == '<a href="/assets/grants/youryou.pdf">公募要領（PDF、36KB）</a>'
    assert noted(plain, "/", content, language="en").endswith("公募要領 (PDF, 36 KB)</a>")
    assert noted(told + other, "/", content) == told + other
    assert noted('<a href="/sub/assets/grants/youryou.pdf">要領</a>', "/sub/", content).endswith("36KB）</a>")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("grants/none.pdf", "ファイルがありません"),
        ("../secret.pdf", "ファイルがありません"),
        ("grants/empty.xlsx", "ファイルが空です"),
        ("grants/run.exe", "配れない種類のファイルです"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(content: Path, name: str, message: str) -> None:
    settings = make_settings(content.parent)
    (content / "about").mkdir()
    (content / "about" / "rules.md").write_text(
        f"---\ntitle: 規程\nfiles:\n  - title: 本文\n    file: {name}\n---\n本文です。\n", encoding="utf-8"
    )
    problems = [p for p in ContentSource().load(settings, ON).problems if p.message == message]
    assert [(p.path, p.line, p.value) for p in problems] == [("content/about/rules.md", 5, name)]


def test_a_file_that_is_there_is_no_problem_and_stands_on_the_page_in_both_languages() -> None:
    name = "grants/overseas-sales-2023-2-yosan.xlsx"
    grant = make_grant(
        program="yorozu", files=({"title": "収支予算書", "file": name},), english=Translation(title="Grant")
    )
    settings = make_settings(ROOT)
    made = plan_site(SiteView(make_library([make_program(), grant], on=ON), settings))
    pages = {(language, d.path): d.content.decode() for language in ("ja", "en") for d in made.docs[language]}
    size = size_text((settings.content / "assets" / name).stat().st_size)
    assert f"収支予算書（Excel、{size}）</a>" in pages["ja", f"{grant.address}index.md"]
    english = pages["en", f"{grant.address}index.md"]
    assert f'<span lang="ja">収支予算書</span> (Excel, {size.removesuffix("KB")} KB)</a>' in english
    assert any(file.path == f"assets/{name}" for file in made.files)
