"""Group F: whatever the provider tells, however often and in whatever order, the facts come out the same."""

from __future__ import annotations

import base64
import itertools
import json
import os
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import func, select
from starlette.testclient import TestClient

from generator.mail.mailer import Limits, Outcome, OutcomeKind
from generator.settings import Settings
from newsletters.audience.model import SuppressionReason
from newsletters.audience.store import Audience
from newsletters.delivery.claim import claim_next
from newsletters.delivery.events import store_reading
from newsletters.delivery.freeze import freeze_audience
from newsletters.delivery.journal import Journal, guard
from newsletters.delivery.outcome import settle
from newsletters.delivery.reading import read_events
from newsletters.delivery.tables import chunks, facts, quarantine
from newsletters.delivery.webhook import SIGNATURE, TIMESTAMP, make_events_app
from newsletters.issue.frozen import FrozenIssue
from tests.faults.world import World, make_issue, make_world

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "sendgrid" / "event_webhook_samples_anymail.json"
READERS = 60
NOW = 1_680_000_000
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(
    KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = make_world(tmp_path, url=url)
    made.add_readers(READERS)
    made.issues.append(prepared(made))
    yield made
    made.engine.dispose()


def prepared(world: World, day: date = date(2023, 4, 5)) -> FrozenIssue:
    """Freeze an issue; its first chunk's request has no answer."""
    issue = make_issue(day, submit_at=datetime(2023, 4, 5, tzinfo=UTC))
    guard(world.engine, Journal(world.project / "var"), NOW)
    number = freeze_audience(world.engine, issue, issue.submit_at, Limits(1000, 30_000_000), NOW)
    claim = claim_next(world.engine, number, NOW)
    assert claim is not None
    settle(world.engine, claim, Outcome(OutcomeKind.UNKNOWN, "timeout"), NOW)
    return issue


def event(world: World, number: int, name: str, at: int = NOW, **more: Any) -> dict[str, Any]:
    issue = more.pop("issue", world.issues[0])
    chunk = more.pop("chunk", "1-1")
    return {
        "email": f"p{number}@example.com", "timestamp": at, "event": name, "sg_event_id": os.urandom(8).hex(),
        "issue": issue.key, "chunk": chunk, "number": str(number),
        "delivery_id": world.keyring.delivery_id(issue.key, number), **more,
    }  # fmt: skip


def store(world: World, rows: list[Any]) -> None:
    store_reading(world.engine, world.keyring, read_events(orjson.dumps(rows)), NOW)


def known(world: World) -> list[tuple[Any, ...]]:
    with world.engine.connect() as connection:
        columns = (facts.c.subscriber_id, facts.c.kind, facts.c.at, facts.c.reason)
        rows = connection.execute(select(*columns).order_by(facts.c.subscriber_id, facts.c.kind))
        return [tuple(row) for row in rows]


def kept(world: World) -> int:
    with world.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(quarantine)).scalar_one()


def test_forty_six_shuffled_copies_count_once(world: World) -> None:
    once = [event(world, n, name, NOW + n) for n in range(1, 50) for name in ("processed", "delivered")]
    copies = [{**row, "sg_event_id": os.urandom(8).hex()} for row in once for _ in range(46)]
    random.Random(1).shuffle(copies)
    store(world, once)
    before = known(world)
    for start in range(0, len(copies), 500):
        store(world, copies[start : start + 500])
    assert known(world) == before
    assert len(before) == len(once)


def test_five_events_in_any_order_come_to_one_end(world: World) -> None:
    names = ("processed", "deferred", "bounce", "spamreport", "unsubscribe")
    rows = [event(world, 7, name, NOW + n) for n, name in enumerate(names)]
    ends = set()
    audience = Audience(world.engine, world.keyring)
    for order in itertools.permutations(rows):
        with world.engine.begin() as connection:
            connection.execute(facts.delete())
        for row in order:
            store(world, [row])
        ends.add((tuple(known(world)), audience.suppressed("p7@example.com")))
    assert len(ends) == 1
    assert SuppressionReason.COMPLAINT in ends.pop()[1]


def test_an_event_proves_that_an_unknown_request_was_accepted(world: World) -> None:
    store(world, [event(world, 1, "processed", chunk="1-2")])
    assert state_of_chunk(world) == "unknown"
    store(world, [event(world, 1, "processed")])
    assert state_of_chunk(world) == "accepted"


def state_of_chunk(world: World) -> str:
    with world.engine.connect() as connection:
        return connection.execute(select(chunks.c.state).where(chunks.c.id == 1)).scalar_one()


def test_three_issues_that_bounce_softly_stop_the_fourth(world: World) -> None:
    audience = Audience(world.engine, world.keyring)
    later = [prepared(world, date(2023, 4, 12)), prepared(world, date(2023, 4, 19))]
    for issue in (world.issues[0], later[0]):
        for _ in range(5):
            store(world, [event(world, 3, "bounce", type="blocked", issue=issue)])
    assert not audience.suppressed("p3@example.com")
    store(world, [event(world, 3, "bounce", type="blocked", issue=later[1])])
    assert audience.suppressed("p3@example.com") == {SuppressionReason.SOFT_BOUNCE}


ODD: list[Any] = [
    None, 1, "x", [], {}, {"event": "novel"}, {"event": ["processed"]}, {"event": "processed"},
    {"event": "processed", "chunk": "x-y", "number": "1", "timestamp": 1, "issue": "i", "delivery_id": "d"},
    {"event": "processed", "chunk": "1-1", "number": "9" * 30, "timestamp": 1},
    {"event": "processed", "chunk": "1-1", "number": "1", "timestamp": 10**18},
    {"event": "delivered", "chunk": "1-1", "number": "1", "timestamp": 1, "issue": "other", "delivery_id": "d"},
]  # fmt: skip


def test_what_is_not_understood_is_kept_and_the_good_ones_are_stored(world: World) -> None:
    good = [event(world, n, "delivered") for n in range(1, 40)]
    forged = {**event(world, 1, "spamreport"), "delivery_id": "x" * 26}
    bare = event(world, 41, "unsubscribe")
    del bare["sg_event_id"]
    for _ in range(3):
        store(world, [*good[:20], *ODD, forged, bare, *good[20:]])
    assert len(known(world)) == len(good) + 1
    assert kept(world) == len(ODD) + 1
    store(world, [{"event": "novel", "email": "p1@example.com", "ip": "192.0.2.1"}])
    with world.engine.connect() as connection:
        assert not [text for text in connection.execute(select(quarantine.c.event)).scalars() if "@" in text]
    assert not Audience(world.engine, world.keyring).suppressed("p1@example.com")


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"[" * 100_000, b"\xff\xfe", b"null", b'"x"'])
def test_a_body_that_is_no_list_of_events_raises_nothing(body: bytes) -> None:
    reading = read_events(body)
    assert reading.events == []
    assert len(reading.odd) == 1


@pytest.mark.shared
def test_every_published_sample_is_understood_or_kept() -> None:
    if not SAMPLES.exists():
        pytest.skip("公開データ ../shared がありません")
    for case in json.loads(SAMPLES.read_text(encoding="utf-8"))["cases"]:
        reading = read_events(orjson.dumps(case["events"]))
        assert len(reading.events) + len(reading.odd) + reading.ignored == len(case["events"])
        ours = [
            {**e, "chunk": "3-1", "number": "5", "issue": "i", "delivery_id": "d"} for e in case["events"]
        ]
        again = read_events(orjson.dumps(ours))
        assert {odd.why for odd in again.odd} <= {"unknown-event", "not-an-object"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[tuple[TestClient, World]]:
    world = make_world(tmp_path)
    world.add_readers(READERS)
    world.issues.append(prepared(world))
    app = make_events_app(Settings(project=tmp_path, sendgrid_webhook_key=PUBLIC))
    with TestClient(app) as opened:
        yield opened, world
    world.engine.dispose()


def post(
    client: TestClient, body: bytes, timestamp: str = "1680000000", signature: bytes | None = None
) -> int:
    made = signature if signature is not None else sign(body, timestamp)
    headers = {SIGNATURE: base64.b64encode(made).decode(), TIMESTAMP: timestamp}
    return client.post("/sendgrid", content=body, headers=headers).status_code


def sign(body: bytes, timestamp: str) -> bytes:
    return KEY.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))


def test_a_signed_body_is_stored_before_it_is_answered(client: tuple[TestClient, World]) -> None:
    opened, world = client
    body = orjson.dumps([event(world, 1, "delivered")]) + b"\r\n"
    assert [post(opened, body) for _ in range(20)] == [204] * 20
    assert len(known(world)) == 1


def test_a_body_that_was_touched_anywhere_is_refused(client: tuple[TestClient, World]) -> None:
    opened, world = client
    body = orjson.dumps([event(world, 1, "delivered")]) + b"\r\n"
    signature = sign(body, "1680000000")
    for position in range(0, len(body) * 8, 7):
        changed = bytearray(body)
        changed[position // 8] ^= 1 << position % 8
        assert post(opened, bytes(changed), signature=signature) == 403
    for position in range(len(signature) * 8):
        changed = bytearray(signature)
        changed[position // 8] ^= 1 << position % 8
        assert post(opened, body, signature=bytes(changed)) == 403
    for other in (body.rstrip(b"\r\n"), json.dumps(json.loads(body)).encode(), b""):
        assert post(opened, other, signature=signature) == 403
    assert post(opened, body, timestamp="1680000001", signature=signature) == 403
    assert opened.post("/sendgrid", content=body).status_code == 403
    assert known(world) == []


def test_a_huge_body_is_refused_unread(client: tuple[TestClient, World]) -> None:
    opened, _ = client
    assert opened.post("/sendgrid", content=b"x" * 9_000_000).status_code == 413


def test_a_get_does_nothing(client: tuple[TestClient, World]) -> None:
    assert client[0].get("/sendgrid").status_code == 405
