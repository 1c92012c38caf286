from __future__ import annotations

import builtins
import io
import socket
import tarfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import feedparser  # noqa: F401  # loaded before files are sealed off
import pytest

from generator.errors import DataError
from generator.feeds.entries import parse_day, parse_feed, plain_text

TODAY = date(2023, 11, 22)
CORPUS = Path(__file__).parents[4] / "shared" / "data" / "feeds" / "feedparser-tests-data.tar.gz"

RSS2 = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0"><channel><title>見本の役所</title>
<item><title>補助金①の公募（㈱髙橋）</title><link>https://example.jp/a?utm_source=x</link><guid>g1</guid>
<description>&lt;p&gt;締切は&lt;b&gt;12月&lt;/b&gt;です&lt;script&gt;alert(1)&lt;/script&gt;&lt;/p&gt;</description>
<pubDate>Mon, 20 Nov 2023 23:30:00 +0900</pubDate></item></channel></rss>"""
RDF = """<?xml version="1.0" encoding="{encoding}"?>
<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://example.jp/"><title>見本の庁</title></channel>
<item rdf:about="https://example.jp/b"><title>支援情報</title><link>https://example.jp/b</link>
<dc:date>2023-11-20T00:30:00+09:00</dc:date></item></rdf:RDF>"""
ATOM = """<?xml version="1.0" encoding="{encoding}"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>見本の省</title><entry><title>報道発表</title><id>tag:1</id>
<link href="https://example.jp/c"/><updated>2023-11-19T16:00:00Z</updated></entry></feed>"""


@pytest.mark.parametrize("encoding", ["utf-8", "shift_jis", "euc-jp", "windows-31j", "iso-2022-jp"])
@pytest.mark.parametrize(
    ("source", "feed", "day"), [(RSS2, "見本の役所", 20), (RDF, "見本の庁", 20), (ATOM, "見本の省", 20)]
)
def test_every_kind_of_feed_is_read_in_every_japanese_encoding(
    source: str, feed: str, day: int, encoding: str
) -> None:
    codec = {"shift_jis": "cp932", "windows-31j": "cp932", "euc-jp": "euc_jis_2004"}.get(encoding, encoding)
    text = source.format(encoding=encoding)
    if encoding == "euc-jp":
        text = text.replace("髙", "高")
    if encoding == "iso-2022-jp":
        text = text.replace("①", "1").replace("㈱", "").replace("髙", "高")
    read = parse_feed(text.encode(codec), "application/xml", today=TODAY)
    assert (read.title, read.entries[0].published) == (feed, date(2023, 11, day))


@pytest.mark.parametrize("encoding", ["utf-8", "shift_jis", "windows-31j"])
def test_the_letters_of_japanese_offices_arrive_and_markup_does_not(encoding: str) -> None:
    body = RSS2.format(encoding=encoding).encode("cp932" if encoding != "utf-8" else "utf-8")
    entry = parse_feed(body, today=TODAY).entries[0]
    assert entry.title == "補助金①の公募（㈱髙橋）"
    assert entry.summary.replace(" ", "") == "締切は12月です"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年11月23日", date(2026, 11, 23)),
        ("令和8年11月23日", date(2026, 11, 23)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("２０２６年１１月２３日（月）", date(2026, 11, 23)),
        ("平成31年4月30日 10時", date(2019, 4, 30)),
        ("2026/11/23", date(2026, 11, 23)),
        ("2026.11.23 18:30", date(2026, 11, 23)),
        ("2026-11-23T18:30:00", date(2026, 11, 23)),
        ("2026-11-23T18:30:00+09:00", date(2026, 11, 23)),
        ("Mon, 23 Nov 2026 18:30:00 JST", date(2026, 11, 23)),
        ("Mon, 23 Nov 2026 18:30:00", date(2026, 11, 23)),
        ("2026-11-23T18:30:00Z", None),
        ("Mon, 23 Nov 2026 18:30:00 GMT", None),
        ("2026/13/23", None),
        ("2026年13月1日", None),
        ("近日", None),
    ],
)
def test_japanese_dates_are_read_right(text: str, day: date | None) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    ("raw", "day", "doubts"),
    [
        ("2023年11月23日", date(2023, 11, 23), ()),
        ("2023/11/20 18:30", date(2023, 11, 20), ()),
        ("2023-11-20T18:30:00", date(2023, 11, 20), ()),
        ("Mon, 20 Nov 2023 18:30:00 JST", date(2023, 11, 20), ()),
        ("Mon, 20 Nov 2023 18:30:00 GMT", date(2023, 11, 21), ()),
        ("2023/11/20 18:30 -0500", None, ("日付が読めません",)),
        ("2023/13/20", None, ("日付が読めません",)),
        ("", None, ("日付がありません",)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None, ("日付が読めません",)),
        ("Fri, 01 Jan 2099 00:00:00 GMT", None, ("日付が読めません",)),
        ("きのう", None, ("日付が読めません",)),
    ],
)
def test_an_entry_without_a_sound_date_is_flagged(
    raw: str, day: date | None, doubts: tuple[str, ...]
) -> None:
    source = RSS2.format(encoding="utf-8").replace("Mon, 20 Nov 2023 23:30:00 +0900", raw)
    entry = parse_feed(source.encode(), today=TODAY).entries[0]
    assert (entry.published, entry.doubts) == (day, doubts)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "/relative", "http://", "data:text/html,x"]
)
def test_an_entry_that_leads_nowhere_is_left_out(link: str) -> None:
    source = (
        RSS2.format(encoding="utf-8")
        .replace("https://example.jp/a?utm_source=x", link)
        .replace("<guid>g1</guid>", "")
    )
    assert parse_feed(source.encode(), today=TODAY).entries == ()


BOMBS = {
    "billion laughs": b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>',
    "external entity": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>',
    "parameter entity": b'<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd">%x;]><rss/>',
    "wide characters": '<!DOCTYPE r [<!ENTITY a "x">]><rss/>'.encode("utf-16"),
    "abyss": b"<rss>" + b"<a>" * 100_000,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_refused(bomb: bytes) -> None:
    with pytest.raises(DataError):
        parse_feed(bomb, today=TODAY)


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    touched: list[str] = []

    def note(name: str) -> object:
        def refuse(*args: object, **_: object) -> None:
            touched.append(f"{name} {args[:1]}")
            raise OSError

        return refuse

    monkeypatch.setattr(socket, "create_connection", note("connect"))
    monkeypatch.setattr(socket, "getaddrinfo", note("resolve"))
    monkeypatch.setattr(builtins, "open", note("open"))
    monkeypatch.setattr(io, "open", note("open"))
    yield touched
    monkeypatch.undo()


@pytest.mark.parametrize(
    "body",
    [
        b"http://127.0.0.1/",
        b"/etc/passwd",
        b"file:///etc/passwd",
        b'<!DOCTYPE rss SYSTEM "http://127.0.0.1/x.dtd"><rss><channel><title>x</title></channel></rss>',
        b'<rss xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd" parse="text"/></rss>',
        b"",
        b"\0" * 1000,
        b"<html><body>404</body></html>",
    ],
)
def test_bytes_stay_bytes_whatever_they_look_like(body: bytes, sealed: list[str]) -> None:
    read = parse_feed(body, today=TODAY)
    assert (read.entries, sealed) == ((), [])


@pytest.mark.shared
@pytest.mark.skipif(not CORPUS.exists(), reason="feedparser's corpus is not here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_whole_corpus_of_feedparser_goes_through_without_crash_network_or_file(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    with tarfile.open(CORPUS) as archive:
        bodies = {
            m.name: archive.extractfile(m).read() for m in archive.getmembers() if m.name.endswith(".xml")
        }  # type: ignore[union-attr]
    assert len(bodies) > 1500
    touched = request.getfixturevalue("sealed")
    refused = []
    for name, body in bodies.items():
        try:
            read = parse_feed(body, "application/xml", today=TODAY)
        except DataError:
            refused.append(name)
            continue
        words = [w for e in read.entries for w in (e.title, e.summary)]
        assert not any("\n" in w or "\0" in w for w in words), name
        assert all(e.url.startswith(("http://", "https://")) for e in read.entries), name
    assert touched == []
    assert len(refused) < 30, refused


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>一<br>二</p>", "一 二"),
        ("<script>x</script>あ<style>y</style>", "あ"),
        ("&lt;b&gt;", "<b>"),
        ("<img src=x onerror=alert(1)>あ", "あ"),
        ("あ\u202e\u0000い", "あい"),
        ("あ" * 400, "あ" * 299 + "…"),
    ],
)
def test_only_words_are_left_of_markup(markup: str, words: str) -> None:
    assert plain_text(markup, 300) == words
