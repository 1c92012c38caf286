"""Each rule of the pass finds its breach, and a sound page has none."""

from __future__ import annotations

import pytest

from generator.site.audit.contrast import contrast, contrast_findings
from generator.site.audit.page import AuditedPage

SOUND = """<!doctype html><html lang="ja"><head><title>見本</title>
<meta name="viewport" content="width=device-width,initial-scale=1"></head><body>
<header><nav aria-label="おもなページ"><a href="/"><img src="/a.svg" alt="表紙" width="1" height="1"></a></nav></header>
<main><h1>見本</h1><h2>小さな見出し</h2><form><label for="q">ことば</label><input id="q"><button>検索</button></form>
<table><tr><th scope="col">名前</th></tr><tr><td>見本</td></tr></table></main><footer>おわり</footer></body></html>"""

BREACHES = {
    "title": SOUND.replace("<title>見本</title>", "<title></title>"),
    "lang": SOUND.replace('lang="ja"', 'lang="en"'),
    "viewport": SOUND.replace("initial-scale=1", "user-scalable=no"),
    "h1": SOUND.replace("<h1>見本</h1>", "<p>見本</p>"),
    "heading-order": SOUND.replace("<h2>小さな見出し</h2>", "<h3>小さな見出し</h3>"),
    "heading-empty": SOUND.replace("小さな見出し", ""),
    "landmark": SOUND.replace("<main>", "<div>").replace("</main>", "</div>"),
    "landmark-name": SOUND.replace("<main>", "<main><nav><a href='/a'>あ</a></nav>"),
    "frame-title": SOUND.replace("<main>", "<main><iframe src='/a'></iframe>"),
    "alt": SOUND.replace(' alt="表紙"', ""),
    "image-size": SOUND.replace(' width="1" height="1"', ""),
    "svg-name": SOUND.replace("<main>", "<main><svg><path d=''/></svg>"),
    "link-name": SOUND.replace('alt="表紙"', 'alt=""'),
    "link-text": SOUND.replace("<main>", "<main><a href='/x'>こちら</a>"),
    "table-head": SOUND.replace('<th scope="col">名前</th>', "<td>名前</td>"),
    "table-scope": SOUND.replace(' scope="col"', ""),
    "duplicate-id": SOUND.replace("<main>", '<main><p id="q">二つ目</p>'),
    "id-reference": SOUND.replace("<main>", '<main><p aria-describedby="gone">あ</p>'),
    "label": SOUND.replace('<label for="q">ことば</label>', ""),
    "foreign": SOUND.replace("<main>", '<main><script src="https://cdn.example.com/x.js"></script>'),
    "leak-token": SOUND.replace("見本</h1>", "IjEyMyI0NTY3.ZVwB9g.kq3T5yP1cT0Pj3l2m7Q9aXw5ZbE</h1>"),
    "leak-address": SOUND.replace("おわり", "reader@example.com"),
}


def rules(html: str) -> set[str]:
    page = AuditedPage("a/index.html", html)
    return {finding.rule for finding in page.findings(frozenset({"info@example.jp"}))}


def test_a_sound_page_has_no_finding() -> None:
    assert rules(SOUND.replace("おわり", "info@example.jp")) == set()


@pytest.mark.parametrize("rule", sorted(BREACHES))
def test_a_breach_is_found(rule: str) -> None:
    assert rule in rules(BREACHES[rule])


def test_a_label_around_its_field_names_it() -> None:
    html = SOUND.replace('<label for="q">ことば</label><input id="q">', "<label>ことば<input></label>")
    assert "label" not in rules(html)


def test_words_in_scripts_are_not_read() -> None:
    assert rules(SOUND.replace("<main>", "<main><script>var a = '<h1>';</script>")) == set()


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


def test_pale_tokens_are_found_light_and_dark() -> None:
    css = ":root{--ink:#777;--paper:#fff}@media (prefers-color-scheme: dark){:root{--ink:#333;--paper:#000}}"
    messages = [f.message for f in contrast_findings("a.css", css) if "ink と paper" in f.message]
    assert [message[0] for message in messages] == ["明", "暗"]
