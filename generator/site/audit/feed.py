"""One feed by the rules that a feed validator applies; each finding bears the validator's own name for the breach."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

import orjson

from generator.site.audit.page import Finding

ATOM = "{http://www.w3.org/2005/Atom}"
_ONCE = ("content", "generator", "icon", "id", "logo", "published", "rights", "source", "subtitle", "summary")
_SINGLE = {*_ONCE, "title", "updated", "name", "uri", "email"}
_PERSON = {"name", "uri", "email"}
_KNOWN = {
    "feed": {*_SINGLE, "author", "category", "contributor", "entry", "link"}
    - {*_PERSON, "published", "content"},
    "entry": {*_SINGLE, "author", "category", "contributor", "link"}
    - {*_PERSON, "subtitle", "generator", "icon"},
    "author": _PERSON,
    "contributor": _PERSON,
}
_KNOWN["source"] = _KNOWN["feed"] - {"entry"}
_NEEDED = {"feed": ("id", "title", "updated"), "entry": ("id", "title", "updated"), "author": ("name",)}
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(\s*;.*)?")
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
_SAID = ("id", "name", "title", "updated", "subtitle", "generator")
_TEXTS = ("title", "subtitle", "summary", "rights", "content", "generator")
_TEXT_TYPES = ("text", "html", "xhtml")
_PLAIN = ("id", "updated", "published", "uri", "icon", "logo")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")

Breach = tuple[str, str]


def feed_findings(path: str, content: bytes) -> Iterator[Finding]:
    """Yield every breach of an Atom, RSS or JSON feed."""
    breaches = _json(content) if path.endswith(".json") else _xml(content)
    yield from (Finding(path, "feed", f"{name}: {words}") for name, words in breaches)


def _xml(content: bytes) -> Iterator[Breach]:
    try:
        root = ET.fromstring(content)  # noqa: S314 - a file of our own site
    except ET.ParseError as error:
        yield "SAXError", f"XMLとして読めません（{error}）"
        return
    if root.tag == "rss":
        yield from _rss(root)
    elif not root.tag.startswith("{"):
        yield "MissingNamespace", f"{root.tag} に名前空間がありません"
    elif root.tag not in (f"{ATOM}feed", f"{ATOM}entry"):
        yield "InvalidNamespace", f"{root.tag} は Atom の feed ではありません"
    else:
        yield from atom_breaches(root)


def atom_breaches(root: Element) -> Iterator[Breach]:
    """Yield the breaches of a whole Atom document."""
    if root.tag == f"{ATOM}feed":
        links = root.findall(f"{ATOM}link")
        if not any(link.get("rel") == "self" for link in links):
            yield "MissingSelf", "rel=self の link がありません"
        has_author = root.find(f"{ATOM}author") is not None
        for entry in root.findall(f"{ATOM}entry"):
            if not has_author and not any(True for _ in entry.iter(f"{ATOM}author")):
                yield "MissingElement", "entry に author がありません"
        marks = Counter(
            (e.findtext(f"{ATOM}id"), e.findtext(f"{ATOM}updated")) for e in root.iter(f"{ATOM}entry")
        )
        if any(count > 1 for count in marks.values()):
            yield "DuplicateEntries", "id と updated が同じ entry があります"
    for element in root.iter():
        for rule in _ATOM_RULES:
            yield from rule(element)


def _name(element: Element) -> str:
    return element.tag.removeprefix(ATOM) if element.tag.startswith(ATOM) else ""


def _children(element: Element) -> Iterator[Breach]:
    name = _name(element)
    if name not in _KNOWN:
        return
    counted = Counter(_name(child) for child in element)
    for child, count in counted.items():
        if child and child not in _KNOWN[name]:
            yield "UndefinedElement", f"{name} の中の {child} は Atom にありません"
        elif child in _SINGLE and count > 1:
            yield "DuplicateElement", f"{name} に {child} が {count} 個あります"
    for child in _NEEDED.get("author" if name == "contributor" else name, ()):
        if not counted[child]:
            yield "MissingElement", f"{name} に {child} がありません"


def _words(element: Element) -> Iterator[Breach]:
    name, text = _name(element), element.text or ""
    if name in _SAID and not text.strip() and not len(element):
        yield "NotBlank", f"{name} が空です"
    if name in _PLAIN and text != text.strip() and text.strip():
        yield "UnexpectedWhitespace", f"{name} の前後に空白があります"
    if name == "id" and text.strip() and not urlsplit(text.strip()).scheme:
        yield "InvalidFullLink", f"id「{text}」が絶対の場所ではありません"
    if name == "email" and not _ADDRESS.fullmatch(text):
        yield "InvalidContact", f"「{text}」はメールアドレスではありません"
    language = element.get("{http://www.w3.org/XML/1998/namespace}lang") or element.get("hreflang")
    if language and not _LANGUAGE.fullmatch(language):
        yield "InvalidLanguage", f"言語「{language}」は使えません"


def _dates(element: Element) -> Iterator[Breach]:
    text = (element.text or "").strip()
    if _name(element) not in ("updated", "published") or not text:
        return
    try:
        moment = datetime.fromisoformat(text) if _RFC3339.fullmatch(text) else None
    except ValueError:
        moment = None
    if moment is None:
        yield "InvalidRFC3339Date", f"日時「{text}」は 2023-11-22T09:00:00Z の形ではありません"
    elif not 1970 <= moment.astimezone(UTC).year <= 2100:
        yield "ImplausibleDate", f"日時「{text}」はありえません"


def _links(element: Element) -> Iterator[Breach]:
    name = _name(element)
    if name == "category" and element.get("term") is None:
        yield "MissingAttribute", "category に term がありません"
    if name == "category" and element.get("term") == "":
        yield "NotBlank", "category の term が空です"
    if name in ("feed", "entry", "source"):
        kinds = Counter(
            _kind_of(link)
            for link in element.findall(f"{ATOM}link")
            if link.get("rel", "alternate") == "alternate"
        )
        if any(count > 1 for count in kinds.values()):
            yield "DuplicateAtomLink", f"{name} に同じ種類の link が二つあります"
    if name != "link":
        return
    if element.get("href") is None:
        yield "MissingHref", "link に href がありません"
    media_type = element.get("type")
    if media_type is not None and not _MEDIA_TYPE.fullmatch(media_type):
        yield "InvalidMIMEType", f"link の type「{media_type}」は使えません"


def _kind_of(link: Element) -> tuple[str, str]:
    return link.get("type", ""), link.get("hreflang", "")


def _texts(element: Element) -> Iterator[Breach]:
    """Check what may stand in a text, by the type that it says it has."""
    name, kind = _name(element), element.get("type", "text")
    if name not in _TEXTS:
        return
    outside = element.get("src") is not None
    if name == "content" and not outside and not len(element) and not (element.text or "").strip():
        yield "NotBlank", "content が空です"
    if len(element) and kind in ("text", "html", "text/plain"):
        yield "UndefinedElement", f"{name} は文字だけです"
    if outside and (element.text or "").strip():
        yield "UndefinedElement", "src のある content に文字があります"
    known = kind in _TEXT_TYPES and not outside
    if not known and (not _MEDIA_TYPE.fullmatch(kind) or kind.startswith("multipart/")):
        yield "InvalidMIMEType", f"{name} の type「{kind}」は使えません"


_ATOM_RULES: tuple[Callable[[Element], Iterator[Breach]], ...] = (_children, _words, _texts, _dates, _links)


def _rss(root: Element) -> Iterator[Breach]:
    channel = root.find("channel")
    if channel is None:
        yield "MissingElement", "channel がありません"
        return
    for name in ("title", "link", "description"):
        if not channel.findtext(name):
            yield "MissingElement", f"channel に {name} がありません"
    guids = Counter(item.findtext("guid") for item in channel.iter("item"))
    if None in guids or any(count > 1 for count in guids.values()):
        yield "DuplicateEntries", "guid のない、または重なる item があります"
    for item in channel.iter("item"):
        if not item.findtext("title"):
            yield "MissingElement", "item に title がありません"
        try:
            parsedate_to_datetime(item.findtext("pubDate") or "")
        except ValueError:
            yield "InvalidRFC2822Date", f"pubDate「{item.findtext('pubDate')}」は使えません"


def _json(content: bytes) -> Iterator[Breach]:
    try:
        feed = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        yield "JSONError", f"JSONとして読めません（{error}）"
        return
    if not str(feed.get("version", "")).startswith("https://jsonfeed.org/version/1"):
        yield "MissingElement", "version がありません"
    ids = Counter(item.get("id") for item in feed.get("items", ()))
    if None in ids or any(count > 1 for count in ids.values()):
        yield "DuplicateEntries", "id のない、または重なる記事があります"
    for item in feed.get("items", ()):
        if not (item.get("content_text") or item.get("content_html")):
            yield "MissingElement", f"{item.get('id')} に本文がありません"
        for name in ("date_published", "date_modified"):
            if name in item and not _RFC3339.fullmatch(item[name]):
                yield "InvalidRFC3339Date", f"{name}「{item[name]}」は使えません"
