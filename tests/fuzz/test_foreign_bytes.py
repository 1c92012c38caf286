"""Every parser of foreign bytes under mutated samples: a value or a deliberate error, never a stack trace.

``KOHO_FUZZ=5000 pytest tests/fuzz`` tries that many examples a parser instead of a few.
"""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import openpyxl
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from company_db.intake.gbizinfo import load_gbizinfo
from company_db.intake.table import load_table
from company_db.registry.file import COLUMNS, load_registry_file
from generator.errors import KohoError
from generator.feeds.entries import parse_feed
from generator.forms.tokens import InvalidTokenError, Purpose, Tokens
from generator.mail.sendgrid import verify_events
from newsletters.audience.sheet import read_list
from newsletters.delivery.reading import read_events

EXAMPLES = int(os.environ.get("KOHO_FUZZ", "60"))
bounded = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
TOKENS = Tokens([SecretStr("k" * 40)])


def bent(seed: bytes) -> st.SearchStrategy[bytes]:
    """A sample with a few places overwritten, cut out, doubled or filled with what breaks parsers."""
    nasty = st.sampled_from(
        [
            b"",
            b"\0",
            b"\xff",
            b"\xef\xbb\xbf",
            b'"',
            b"\r",
            b"\n\n",
            b",",
            b"\x85",
            b"\xed\xa0\x80",
            b"]]>",
            b"&x;",
            b"<",
            b"9" * 400,
        ]
    )
    cut = st.tuples(st.integers(0, len(seed)), st.integers(0, 40), nasty | st.binary(max_size=8))

    def bend(cuts: list[tuple[int, int, bytes]]) -> bytes:
        data = seed
        for place, length, new in cuts:
            data = data[:place] + new + data[place + length :]
        return data

    return st.lists(cut, min_size=1, max_size=6).map(bend) | st.binary(max_size=200)


def bent_zip(seed: bytes) -> st.SearchStrategy[bytes]:
    """A container whose own bytes are bent, or that holds bent parts under right checksums."""
    with zipfile.ZipFile(io.BytesIO(seed)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    def packed(change: tuple[str, bytes]) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in (parts | dict([change])).items():
                archive.writestr(name, data)
        return out.getvalue()

    inside = st.sampled_from(sorted(parts)).flatmap(lambda name: st.tuples(st.just(name), bent(parts[name])))
    return bent(seed) | inside.map(packed)


def only_deliberate_errors(parse: Callable[[Path], object], file: Path, data: bytes) -> None:
    file.write_bytes(data)
    with suppress(KohoError):
        parse(file)


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text_sheet(rows: list[list[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


MEMBERS: list[list[object]] = [
    ["法人番号", "名称", "所在地", "従業員数", "資本金"],
    ["4011001098993", "見本精機株式会社", "茨城県水戸市桜川2-2-35", 24, 10_000_000],
]
READERS: list[list[object]] = [
    ["メールアドレス", "希望分野", "同意日", "同意方法", "同意文言"],
    ["taro@example.jp", "overseas", "2023-04-01", "紙", "配信に同意します"],
]
REGISTER = text_sheet(
    [["1", "4011001098993", "01", "0", "2023-01-05", "2023-01-05", "見本株式会社"] + [""] * (COLUMNS - 7)]
)
GBIZ = json.dumps(
    {
        "hojin-infos": [
            {"corporate_number": "4011001098993", "capital_stock": 1000, "patent": [{"title": "x"}]}
        ]
    }
).encode()
FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>県の知らせ</title>
<item><title>公募 &amp; 催し</title><link>https://example.jp/1</link><guid>1</guid>
<pubDate>Wed, 22 Nov 2023 09:00:00 +0900</pubDate><description>&lt;p&gt;本文&lt;/p&gt;</description></item></channel></rss>""".encode()
EVENTS = orjson.dumps([
    {"event": "processed", "timestamp": 1_680_000_000, "issue": "magazine/2023-11-22", "chunk": "1-1", "number": "5",
     "delivery_id": "x" * 26, "email": "x@example.jp", "reason": "r", "status": "5.1.1", "type": "blocked"},
])  # fmt: skip


@bounded
@given(data=bent(text_sheet(MEMBERS)) | bent_zip(workbook(MEMBERS)))
def test_a_members_sheet(tmp_path: Path, data: bytes) -> None:
    only_deliberate_errors(load_table, tmp_path / "members.xlsx", data)


@bounded
@given(data=bent(text_sheet(READERS)))
def test_a_list_of_readers_as_text(tmp_path: Path, data: bytes) -> None:
    only_deliberate_errors(read_all_readers, tmp_path / "readers.csv", data)


@bounded
@given(data=bent_zip(workbook(READERS)))
def test_a_list_of_readers_as_a_workbook(tmp_path: Path, data: bytes) -> None:
    only_deliberate_errors(read_all_readers, tmp_path / "readers.xlsx", data)


def read_all_readers(file: Path) -> None:
    for row in read_list(file):
        row.consented_at()


@bounded
@given(data=bent(REGISTER))
def test_a_file_of_the_register(tmp_path: Path, data: bytes) -> None:
    only_deliberate_errors(
        lambda file: list(load_registry_file(file).lines()), tmp_path / "register.csv", data
    )


@bounded
@given(data=bent(GBIZ))
def test_a_file_of_gbizinfo(tmp_path: Path, data: bytes) -> None:
    only_deliberate_errors(load_gbizinfo, tmp_path / "gbiz.json", data)


@bounded
@given(
    data=bent(FEED),
    kind=st.sampled_from(["", "text/xml; charset=shift_jis", "application/rss+xml; charset=\x00"]),
)
def test_a_feed(data: bytes, kind: str) -> None:
    try:
        found = parse_feed(data, kind, today=date(2023, 11, 22))
    except KohoError:
        return
    assert all(entry.url.startswith(("http://", "https://", "")) for entry in found.entries)


@bounded
@given(data=bent(EVENTS))
def test_the_events_of_a_delivery(data: bytes) -> None:
    reading = read_events(data)
    try:
        rows = orjson.loads(data)
    except orjson.JSONDecodeError:
        rows = None
    told = len(rows) if isinstance(rows, list) else 1
    assert len(reading.events) + len(reading.odd) + reading.ignored == told


@bounded
@given(
    key=st.text(max_size=80),
    body=st.binary(max_size=80),
    signature=st.text(max_size=120),
    at=st.text(max_size=20),
)
def test_a_signature(key: str, body: bytes, signature: str, at: str) -> None:
    assert not verify_events(key, body, signature, at)


@bounded
@given(
    token=bent(TOKENS.sign(Purpose.UNSUBSCRIBE, {"s": 1, "n": "magazine"}).encode()),
    purpose=st.sampled_from(list(Purpose)),
)
def test_a_token(token: bytes, purpose: Purpose) -> None:
    text = token.decode("latin-1")
    if text == TOKENS.sign(Purpose.UNSUBSCRIBE, {"s": 1, "n": "magazine"}) and purpose is Purpose.UNSUBSCRIBE:
        return
    with pytest.raises(InvalidTokenError):
        TOKENS.read(purpose, text)
