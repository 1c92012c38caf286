"""Across pages: links that lead nowhere, shared titles, pages under the doors' own paths."""

from __future__ import annotations

from pathlib import Path

from generator.site.audit.site import RULES, AuditResult, audit_site
from tests.generator.site.audit.test_page import BREACHES, SOUND


def audit(site: Path, **pages: str) -> AuditResult:
    (site / "a.svg").write_text("<svg/>", encoding="utf-8")
    for name, html in pages.items():
        path = site / name / "index.html" if name != "home" else site / "index.html"
        path.parent.mkdir(exist_ok=True)
        path.write_text(html, encoding="utf-8")
    return audit_site(site, site_url="https://example.jp/", absent=("inquiry",), processes=1)


def body(words: str, title: str = "見本") -> str:
    return SOUND.replace("<main>", f"<main>{words}").replace("<title>見本", f"<title>{title}")


def test_links_to_pages_files_and_doors_that_exist_are_sound(tmp_path: Path) -> None:
    words = '<a href="/other/#q">別のページ</a><a href="https://example.jp/other/">別</a><a href="/inquiry/?a=1">問い合わせ</a>'
    result = audit(tmp_path, home=body(words), other=body("", "別のページ"))
    assert (result.pages, result.findings) == (2, ())


def test_relative_links_are_followed_up_and_down(tmp_path: Path) -> None:
    words = '<a href="../">表紙</a><a href="../other/#q">ここ自身</a><a href="../other">同じ所</a>'
    assert audit(tmp_path, home=SOUND, other=body(words, "別のページ")).findings == ()


def test_a_link_to_nowhere_and_to_a_missing_part_is_found(tmp_path: Path) -> None:
    result = audit(tmp_path, home=body('<a href="/gone/">無い</a><a href="#none">無い所</a>'))
    assert [f.rule for f in result.findings] == ["link-target", "link-target"]


def test_two_listed_pages_may_not_share_a_title(tmp_path: Path) -> None:
    result = audit(tmp_path, home=SOUND, other=SOUND)
    assert [(f.page, f.rule) for f in result.findings] == [("other/index.html", "same-title")]


def test_every_rule_that_pages_can_break_has_its_japanese_name() -> None:
    assert set(BREACHES) <= set(RULES)
