"""Events through the real server: signed posts of 500 at a steady rate, each answered only when it is on disk."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy import func, select

from generator.mail.mailer import Limits
from newsletters.delivery.freeze import freeze_audience
from newsletters.delivery.journal import Journal, guard
from newsletters.delivery.tables import facts
from tests.fake_sendgrid.events import Teller
from tests.faults.hook import hook
from tests.faults.world import World, make_issue

A_POST = 500
KINDS = ("processed", "delivered")


@dataclass(frozen=True)
class Driven:
    """What was posted and what lies in the ledger afterwards; ``p99`` counts from the moment a post was due."""

    offered: int
    stored: int
    rate: float
    p99: float


def drive_events(world: World, *, seconds: float, rate: float) -> Driven:
    """Post events at ``rate`` a second for so long; ``rate`` 0 means one post after the other, 40,000 events in all."""
    total = int(seconds * rate) or 40_000
    bodies = list(_bodies(world, total))
    teller, late = Teller(), []
    headers = [teller.signed(body, int(time.time())) for body in bodies]
    with hook(world, teller.public_key()) as door:
        door.start()
        connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=60)
        _post(connection, b"[]", teller.signed(b"[]", int(time.time())))
        begun = time.perf_counter()
        for position, body in enumerate(bodies):
            due = begun + position * A_POST / rate if rate else time.perf_counter()
            time.sleep(max(0.0, due - time.perf_counter()))
            _post(connection, body, headers[position])
            late.append(time.perf_counter() - due)
        took = time.perf_counter() - begun
        connection.close()
        door.stop()
    with world.engine.connect() as connected:
        stored = int(connected.execute(select(func.count()).select_from(facts)).scalar_one())
    late.sort()
    return Driven(total, stored, total / took, late[int(len(late) * 0.99)])


def _bodies(world: World, total: int) -> Iterator[bytes]:
    people = total // len(KINDS)
    world.add_readers(people)
    issue = make_issue(date(2023, 4, 5))
    guard(world.engine, Journal(world.project / "var"), 1)
    freeze_audience(world.engine, issue, issue.submit_at, Limits(1000, 30_000_000), 1)
    rows = [
        {
            "event": kind, "timestamp": 1_680_000_000, "issue": issue.key, "chunk": "1-1", "number": str(number),
            "delivery_id": world.keyring.delivery_id(issue.key, number), "email": f"p{number}@example.com",
            "sg_event_id": f"{number}.{kind}", "sg_message_id": "abc.filter", "smtp-id": "<abc@geopod>",
        }
        for number in range(1, people + 1)
        for kind in KINDS
    ]  # fmt: skip
    for start in range(0, len(rows), A_POST):
        yield orjson.dumps(rows[start : start + A_POST])


def _post(connection: http.client.HTTPConnection, body: bytes, headers: dict[str, str]) -> None:
    connection.request("POST", "/sendgrid", body, headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 204, answer.status
