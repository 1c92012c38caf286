"""What staff write below the front matter: each fault with its line, and what is no fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.content.bodies import Body, body_problems, links_of
from generator.errors import Severity


def told(content: Path, text: str) -> list[tuple[int, str, Severity]]:
    path = content / "notices" / "a.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\ntitle: 題\n---\n\n{text}\n", encoding="utf-8")
    return [(p.line, p.value, p.severity) for p in body_problems(Body("notices/a.md", text), content)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ('<IFRAME\nsrc="https://video.example/"></IFRAME>', "<iframe>"),
        ("文の<style>p{}</style>中", "<style>"),
        ('<p onclick="x()">文</p>', "onclick"),
        ("[悪い](javascript:alert(1))", "javascript:alert(1"),
        ("[悪い](javascript&#58;alert(1))", "javascript:alert(1"),
        ('<a href="data:text/html,x">悪い</a>', "data:text/html,x"),
        ("[悪い][x]\n\n[x]: vbscript:x", "vbscript:x"),
        ("![](/assets/a.png)", "/assets/a.png"),
        ('<img src="/assets/a.png">', "/assets/a.png"),
        ("![外](https://pictures.example/a.png)", "https://pictures.example/a.png"),
        ("![外](//pictures.example/a.png)", "//pictures.example/a.png"),
        ("![無い](/assets/none.png)", "/assets/none.png"),
    ],
)
def test_what_a_page_may_not_hold_is_an_error(tmp_path: Path, text: str, value: str) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "a.png").touch()
    ((_, found, severity),) = told(tmp_path, text)
    assert (found, severity) == (value, Severity.ERROR)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("くわしくは[こちら](/events/)", "こちら"),
        ("[Click here](/events/)", "Click here"),
        ("| 区分 | 額 |\n|---|\n| 単年 | 1 |", "| 区分 | 額 |"),
        ("| 区分 | 額 |\n| 単年 | 1 |", "| 区分 | 額 |"),
    ],
)
def test_what_reads_badly_is_a_warning(tmp_path: Path, text: str, value: str) -> None:
    assert told(tmp_path, text) == [(5, value, Severity.WARNING)]


@pytest.mark.parametrize(
    "text",
    [
        "`<script>` と書きます",
        "```\n<iframe>\n[ここ](x:y)\n```",
        "<!-- [ここ](/) <script> -->",
        "[申込書](https://example.jp/form) と [窓口](/places/) と [電話](tel:029-000-0000)",
        "| 区分 | 額 |\n|:--|--:|\n| 単年 | 1 |",
        "1 < 2 で、a<b です",
        '<div markdown="1">\n\n本文\n\n</div>',
        "![表](/assets/a.png)",
    ],
)
def test_what_is_no_fault_is_left_in_peace(tmp_path: Path, text: str) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "a.png").touch()
    assert told(tmp_path, text) == []


def test_a_fault_stands_on_its_line_of_the_file(tmp_path: Path) -> None:
    assert told(tmp_path, "一\n\n二\n<script>") == [(8, "<script>", Severity.ERROR)]


def test_links_are_found_in_markdown_references_and_html() -> None:
    text = "[a](/a/ \"題\") ![p](p.png)\n<a href='/b/'>b</a>\n\n[c]: </c/>\n[^1]: 注 /d/"
    assert [(link.line, link.target) for link in links_of(Body("x.md", text))] == [
        (0, "/a/"),
        (0, "p.png"),
        (3, "/c/"),
        (1, "/b/"),
    ]
