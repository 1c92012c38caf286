from pathlib import Path

import pytest

from generator.errors import SettingsError
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
