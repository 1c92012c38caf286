from pathlib import Path

import pytest

from generator.errors import SettingsError
from generator.rendering.filters import FILTERS
from generator.rendering.templates import Templates, safe_html


def make_templates(folder: Path, text: str, name: str = "page.html") -> Templates:
    (folder / name).write_text(text, encoding="utf-8")
    return Templates([folder], {"base": "/"})


def test_what_comes_from_outside_is_escaped(tmp_path: Path) -> None:
    templates = make_templates(tmp_path, "<p>{{ title }}</p>")
    assert templates.render("page.html", {"title": "<b>"}) == "<p>&lt;b&gt;</p>"
    assert templates.render("page.html", {"title": safe_html("<b>")}) == "<p><b></p>"


def test_text_templates_are_not_escaped(tmp_path: Path) -> None:
    templates = make_templates(tmp_path, "{{ title }}", "mail.txt")
    assert templates.render("mail.txt", {"title": "A & B"}) == "A & B"


def test_a_missing_name_stops_the_build_and_names_the_template(tmp_path: Path) -> None:
    templates = make_templates(tmp_path, "{{ titel }}")
    with pytest.raises(SettingsError, match=r"page\.html.*titel"):
        templates.render("page.html", {"title": "x"})


def test_a_broken_template_is_named_with_its_line(tmp_path: Path) -> None:
    templates = make_templates(tmp_path, "one\n{% if %}")
    with pytest.raises(SettingsError, match=r"page\.html:2"):
        templates.render("page.html", {})


def test_what_is_kept_compiled_follows_the_template_and_our_own_filters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, kept = tmp_path / "templates", tmp_path / "kept"
    folder.mkdir()
    (folder / "a.html").write_text('{{ "2023-11-22" | told }} {{ name }}', "utf-8")
    monkeypatch.setitem(FILTERS, "told", lambda text: f"first {text}")
    assert Templates([folder], compiled=kept).render("a.html", {"name": "x"}) == "first 2023-11-22 x"
    assert list(kept.iterdir())
    monkeypatch.setitem(FILTERS, "told", lambda text: f"second {text}")
    assert Templates([folder], compiled=kept).render("a.html", {"name": "x"}) == "second 2023-11-22 x"
    (folder / "a.html").write_text("{{ name | told }}", "utf-8")
    assert Templates([folder], compiled=kept).render("a.html", {"name": "y"}) == "second y"
