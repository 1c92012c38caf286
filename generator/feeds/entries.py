"""A feed's bytes to entries of plain text; the only module that knows feedparser, which never sees an address."""

from __future__ import annotations

import calendar
import re
import time
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from generator.clock import TOKYO
from generator.errors import DataError

MAX_ENTRIES = 500
MAX_DEPTH = 2_000
_TITLE_LENGTH, _SUMMARY_LENGTH = 200, 300
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["'][^>]*\?>""")
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]{0,2000}>", re.IGNORECASE)
_TAG = re.compile(rb"<(/?)[A-Za-z_][^<>]*?(/?)>")
_CP932 = {b"shift_jis", b"shift-jis", b"sjis", b"x-sjis", b"windows-31j", b"ms_kanji", b"cp932"}
_EUC = {b"euc-jp", b"x-euc-jp", b"eucjp"}
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
_JAPANESE_DATE = re.compile(
    r"(?:(令和|平成|昭和)\s*(\d{1,2}|元)|(\d{4}))\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日"
)
_LOCAL_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:(?:T|\s+)[\d:.]+)?(?:\s*(?:JST|\+09:?00))?")
_NO_ISO_DATE = re.compile(r"\d{4}[/.]")
_LOCAL_MAIL_DATE = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*\.?\s+(\d{4})(?:\s+[\d:]+)?(?:\s*JST)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class RawEntry:
    """An entry as the feed tells it, in plain text; ``keys`` are all that may identify it."""

    title: str
    url: str
    summary: str
    published: date | None
    keys: tuple[str, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed's own title, its entries, and whether the parser had to guess."""

    title: str
    entries: tuple[RawEntry, ...]
    is_doubtful: bool = False


def parse_feed(body: bytes, content_type: str = "", *, today: date) -> ParsedFeed:
    """Parse bytes as RSS 1.0, RSS 2 or Atom; ``DataError`` for what no feed may hold (own entities, an abyss)."""
    import feedparser

    _refuse_traps(body)
    body, header = _as_utf8(_DOCTYPE.sub(b"", body, count=1), content_type)
    try:
        read: Any = feedparser.parse(
            BytesIO(body),
            response_headers={"content-type": header} if header else {},
            resolve_relative_uris=False,
        )
    except (
        ValueError,
        RecursionError,
        LookupError,
        AssertionError,
        AttributeError,
        TypeError,
        KeyError,
    ) as error:
        raise DataError(f"フィードとして読めません（{type(error).__name__}）") from None
    doubtful = bool(read.get("bozo"))
    entries = [_entry(entry, today, doubtful=doubtful) for entry in read.get("entries", [])[:MAX_ENTRIES]]
    return ParsedFeed(plain_text(_text(read.feed, "title"), 100), tuple(e for e in entries if e), doubtful)


def plain_text(markup: str, length: int) -> str:
    """Return the words of a piece of HTML, on one line, no longer than ``length``."""
    reader = _Words()
    try:
        reader.feed(markup)
        reader.close()
    except (ValueError, AssertionError):
        return ""
    words = re.sub(r"\s+", " ", _visible("".join(reader.words))).strip()
    return words if len(words) <= length else words[: length - 1] + "…"


def parse_day(text: str) -> date | None:
    """Read a day as offices here write it: 2026年11月23日, 令和8年11月23日, 2026/11/23 18:30, 23 Nov 2026 18:30 JST.

    None for anything else, above all for what names another zone: only then is the day a matter of the hour.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if found := _JAPANESE_DATE.search(text):
        era, era_year, western, month, day = found.groups()
        year = int(western) if western else _ERAS[era] + (1 if era_year == "元" else int(era_year))
        return _existing(year, int(month), int(day))
    if found := _LOCAL_DATE.fullmatch(text):
        return _existing(*map(int, found.groups()))
    if (found := _LOCAL_MAIL_DATE.fullmatch(text)) and found[2].lower() in _MONTHS:
        return _existing(int(found[3]), _MONTHS.index(found[2].lower()) + 1, int(found[1]))
    return None


def _existing(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def key_of_address(url: str) -> str:
    """Return the key that an address gives an entry: the same page under http, www or with tracking is the same."""
    return f"url:{_plain_address(url)}"


def _visible(text: str) -> str:
    return "".join(
        " " if c in "\n\r\t" else c for c in text if c in "\n\r\t" or unicodedata.category(c)[0] != "C"
    )


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"script", "style"}
        self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in {"script", "style"}))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _refuse_traps(body: bytes) -> None:
    bare = body.replace(b"\0", b"")
    if re.search(rb"<!ENTITY", bare, re.IGNORECASE):
        raise DataError("独自の実体（ENTITY）を含むフィードは読みません")
    depth = deepest = 0
    for closing, alone in _TAG.findall(bare):
        depth += 0 if alone else (-1 if closing else 1)
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise DataError(f"入れ子が {MAX_DEPTH} 段を超えるフィードは読みません")


def _as_utf8(body: bytes, content_type: str) -> tuple[bytes, str]:
    """Turn what calls itself Shift_JIS or EUC-JP into UTF-8 by the tables that Japanese offices really use."""
    declared = _DECLARED.match(body)
    name = declared[1].lower() if declared else _charset(content_type)
    codec = "cp932" if name in _CP932 else "euc_jis_2004" if name in _EUC else ""
    if not codec:
        return body, content_type
    try:
        text = body[declared.end() :].decode(codec) if declared else body.decode(codec)
    except UnicodeDecodeError:
        return body, content_type
    return b'<?xml version="1.0" encoding="utf-8"?>' + text.encode(), "application/xml; charset=utf-8"


def _charset(content_type: str) -> bytes:
    found = re.search(r"charset=[\"']?([A-Za-z0-9._-]{1,40})", content_type, re.IGNORECASE)
    return found[1].lower().encode() if found else b""


def _entry(entry: Any, today: date, *, doubtful: bool) -> RawEntry | None:
    title = plain_text(_text(entry, "title"), _TITLE_LENGTH)
    url = _address(_text(entry, "link"))
    if not title or not url:
        return None
    published, dated = _day(entry, today)
    guid = _visible(_text(entry, "id"))[:500]
    keys = [f"guid:{guid}"] if guid else []
    keys.append(key_of_address(url))
    if published:
        keys.append(f"title:{published}:{unicodedata.normalize('NFKC', title)}")
    doubts = [
        *(["日付がありません"] if not dated else []),
        *(["フィードの書き方に誤りがあります"] if doubtful else []),
    ]
    if published is None and dated:
        doubts.append("日付が読めません")
    summary = plain_text(_text(entry, "summary"), _SUMMARY_LENGTH)
    return RawEntry(title, url, summary, published, tuple(keys), tuple(doubts))


def _text(thing: Any, name: str) -> str:
    value = thing.get(name, "")
    return value if isinstance(value, str) else ""


def _address(text: str) -> str:
    """Return a web address, or nothing for whatever else a feed may call a link."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return ""
    sound = parts.scheme in {"http", "https"} and bool(host) and len(text) <= 2000
    return text if sound and not re.search(r"[\s\"'<>\x00-\x1f\\]", text) and not parts.username else ""


def _plain_address(url: str) -> str:
    """Return an address without what changes while the page stays: scheme, www, fragment, tracking words."""
    parts = urlsplit(url)
    query = "&".join(
        p for p in parts.query.split("&") if p and not p.lower().startswith(("utm_", "fbclid", "gclid"))
    )
    host = (parts.hostname or "").removeprefix("www.")
    return urlunsplit(("", host, parts.path.rstrip("/") or "/", query, ""))


def _day(entry: Any, today: date) -> tuple[date | None, bool]:
    """Return the day of an entry and whether it claims one; feedparser misreads days without a zone, so we read those."""
    for name in ("published", "updated", "created"):
        raw = _text(entry, name)
        if not raw:
            continue
        day = parse_day(raw)
        if day is None and raw.isascii() and not _NO_ISO_DATE.match(raw.strip()):
            day = _utc_day(entry.get(f"{name}_parsed"))
        sound = day is not None and day.year >= 2000 and day.toordinal() <= today.toordinal() + 400
        return (day if sound else None), True
    return None, False


def _utc_day(parsed: object) -> date | None:
    if not isinstance(parsed, time.struct_time):
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC).astimezone(TOKYO).date()
    except (OverflowError, ValueError, OSError):
        return None
