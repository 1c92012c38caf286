"""One page read once: its elements in order, and every rule that one page can break."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from urllib.parse import urlsplit

from generator.content.bodies import VAGUE_WORDS

_TOKEN = re.compile(
    r"<!--.*?-->|<(?P<close>/?)(?P<name>[a-zA-Z][\w-]*)(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>|(?P<text>[^<]+)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([\w:@.-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_SILENT = re.compile(r"<(script|style|template|noscript)\b([^>]*)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_DRAWN = {"path", "rect", "circle", "use", "line", "polygon", "polyline", "ellipse"}
_LISTENING = {"a", "button", "title", "svg", "h1", "h2", "h3", "h4", "h5", "h6"}
"""Elements that are asked what they say."""
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_TOKENS = re.compile(
    r"SG\.[\w-]{16,}\.[\w-]{16,}|[A-Za-z0-9_-]{12,}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}|-----BEGIN [A-Z ]*PRIVATE KEY"
)
_FIELDS = {"input", "select", "textarea"}
_UNLABELLED = {"hidden", "submit", "button", "reset", "image"}


@dataclass(slots=True)
class Element:
    """An element with its attributes and, for those that are asked, the text that it says aloud."""

    name: str
    attributes: dict[str, str]
    ancestors: tuple[str, ...]
    words: list[str] = field(default_factory=list)
    inside_label: bool = False

    def get(self, name: str) -> str:
        """Return an attribute's value, empty when it is not there."""
        return self.attributes.get(name, "")

    @property
    def spoken(self) -> str:
        """Return what a reader hears: the label when there is one, else the text with its pictures' words."""
        return (self.get("aria-label") or " ".join("".join(self.words).split()) or self.get("title")).strip()


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach on one page."""

    page: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.page}: {self.rule}: {self.message}"


class AuditedPage:
    """The elements of one page, and what is wrong with them."""

    def __init__(self, path: str, html: str) -> None:
        self.path = path
        self.html = html
        self.elements = list(_elements(_SILENT.sub(r"<\1\2></\1>", html)))

    def named(self, *names: str) -> list[Element]:
        """Return the elements of these names in order."""
        return [e for e in self.elements if e.name in names]

    @cached_property
    def title(self) -> str:
        """The page's title."""
        return next((e.spoken for e in self.named("title") if "svg" not in e.ancestors), "")

    @cached_property
    def ids(self) -> set[str]:
        """Every id on the page."""
        return {e.get("id") for e in self.elements if e.get("id")}

    @cached_property
    def is_listed(self) -> bool:
        """Say whether search engines may list the page."""
        return not any(
            e.get("name") == "robots" and "noindex" in e.get("content") for e in self.named("meta")
        )

    def findings(self, allowed_emails: frozenset[str]) -> Iterator[Finding]:
        """Yield every breach of every rule."""
        rules = (
            self._head,
            self._headings,
            self._landmarks,
            self._pictures,
            self._links,
            self._tables,
            self._ids,
            self._fields,
            self._foreign,
        )
        for rule in rules:
            yield from (Finding(self.path, name, message) for name, message in rule())
        yield from (Finding(self.path, name, message) for name, message in self._leaks(allowed_emails))

    def _head(self) -> Iterator[tuple[str, str]]:
        if not self.title:
            yield "title", "ページの題がありません"
        language = next((e.get("lang") for e in self.named("html")), "")
        wanted = "en" if self.path.startswith("en/") else "ja"
        if language != wanted:
            yield "lang", f"html の lang が「{language}」です。「{wanted}」にしてください"
        viewport = next((e.get("content") for e in self.named("meta") if e.get("name") == "viewport"), "")
        if not viewport or "user-scalable=no" in viewport or "maximum-scale" in viewport:
            yield "viewport", "拡大できる viewport がありません"

    def _headings(self) -> Iterator[tuple[str, str]]:
        headings = self.named("h1", "h2", "h3", "h4", "h5", "h6")
        if sum(h.name == "h1" for h in headings) != 1:
            yield "h1", f"h1 が {sum(h.name == 'h1' for h in headings)} 個あります。一つにしてください"
        previous = 0
        for heading in headings:
            level = int(heading.name[1])
            if level > previous + 1 and "footer" not in heading.ancestors:
                yield "heading-order", f"h{previous} の次に h{level}「{heading.spoken[:20]}」があります"
            if not heading.spoken:
                yield "heading-empty", f"空の {heading.name} があります"
            previous = level

    def _landmarks(self) -> Iterator[tuple[str, str]]:
        for name in ("main", "header", "footer"):
            tops = [
                e
                for e in self.named(name)
                if name == "main" or not {"main", "article", "section"} & set(e.ancestors)
            ]
            if len(tops) != 1:
                yield "landmark", f"{name} が {len(tops)} 個あります"
        navigations = self.named("nav")
        names = [e.get("aria-label") or e.get("aria-labelledby") for e in navigations]
        if len(navigations) > 1 and (not all(names) or len(set(names)) != len(names)):
            yield "landmark-name", "nav が複数あるのに、区別できる名前がありません"
        for frame in self.named("iframe"):
            if not frame.get("title"):
                yield "frame-title", "iframe に題がありません"

    def _pictures(self) -> Iterator[tuple[str, str]]:
        for image in self.named("img"):
            if "alt" not in image.attributes:
                yield "alt", f"画像 {image.get('src')} に alt がありません"
            if not (image.get("width") and image.get("height")) and image.get("loading") != "lazy":
                yield "image-size", f"画像 {image.get('src')} に幅と高さがありません（ずれの元になります）"
        for drawing in self.named("svg"):
            if drawing.get("aria-hidden") != "true" and not (
                drawing.get("aria-label") or drawing.get("aria-labelledby") or drawing.spoken
            ):
                yield "svg-name", "図に名前がなく、隠してもいません"

    def _links(self) -> Iterator[tuple[str, str]]:
        for link in self.named("a", "button"):
            if link.name == "a" and "href" not in link.attributes:
                continue
            spoken = link.spoken or ("?" if link.get("aria-labelledby") else "")
            if not spoken:
                yield "link-name", f"名前のない {link.name}（{link.get('href')}）があります"
            elif link.name == "a" and spoken.lower() in VAGUE_WORDS:
                yield "link-text", f"「{spoken}」では行き先が分かりません"

    def _tables(self) -> Iterator[tuple[str, str]]:
        cells = self.named("th", "td")
        if self.named("table") and not any(e.name == "th" for e in cells):
            yield "table-head", "見出しのない表があります"
        if any(e.name == "th" and not e.get("scope") for e in cells):
            yield "table-scope", "scope のない th があります"

    def _ids(self) -> Iterator[tuple[str, str]]:
        counted = Counter(e.get("id") for e in self.elements if e.get("id"))
        for name, count in counted.items():
            if count > 1:
                yield "duplicate-id", f"id「{name}」が {count} 個あります"
        for element in self.elements:
            for name in ("aria-labelledby", "aria-describedby", "aria-controls", "for"):
                missing = [i for i in element.get(name).split() if i not in self.ids]
                if missing and name != "aria-controls":
                    yield "id-reference", f"{name}「{missing[0]}」の相手がありません"

    def _fields(self) -> Iterator[tuple[str, str]]:
        labelled = {e.get("for") for e in self.named("label")}
        for control in self.elements:
            if control.name not in _FIELDS or control.get("type") in _UNLABELLED:
                continue
            named = control.get("aria-label") or control.get("aria-labelledby") or control.inside_label
            if not named and control.get("id") not in labelled:
                yield "label", f"名前のない入力欄（{control.get('name')}）があります"

    def _foreign(self) -> Iterator[tuple[str, str]]:
        for element in self.named("script", "img", "iframe", "source", "video", "audio", "link"):
            target = element.get("src") or element.get("href")
            if element.name == "link" and element.get("rel") not in (
                "stylesheet",
                "preload",
                "icon",
                "modulepreload",
            ):
                continue
            if urlsplit(target).netloc:
                yield "foreign", f"ほかのサイト {target} を読み込みます"

    def _leaks(self, allowed_emails: frozenset[str]) -> Iterator[tuple[str, str]]:
        if _TOKENS.search(self.html):
            yield "leak-token", "鍵や署名つきの印に見える文字列があります"
        if "@" in self.html:
            shown = {m.lower() for m in _EMAIL.findall(unescape(self.html))} - allowed_emails
            if shown:
                yield "leak-address", f"公開してよいと決めていないメールアドレスが {len(shown)} 件あります"


def _elements(html: str) -> Iterator[Element]:
    stack: list[Element] = []
    for token in _TOKEN.finditer(html):
        text = token["text"]
        if text is not None:
            if text.strip():
                _say(stack, unescape(text))
            continue
        name = (token["name"] or "").lower()
        if not name:
            continue
        if token["close"]:
            while stack and stack.pop().name != name:
                pass
            continue
        raw = token["attributes"]
        attributes = {m[1].lower(): unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(raw)}
        element = Element(name, attributes, tuple(e.name for e in stack))
        element.inside_label = "label" in element.ancestors
        if name == "img" and attributes.get("alt"):
            _say(stack, attributes["alt"])
        yield element
        if name not in _VOID and name not in _DRAWN and not raw.endswith("/"):
            stack.append(element)


def _say(stack: list[Element], text: str) -> None:
    for element in stack:
        if element.name in _LISTENING:
            element.words.append(text)
