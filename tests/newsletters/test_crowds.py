"""Crowds at the subscribers' door: scanners that change nothing, floods that stop, links that last.

Ten thousand scanners always; ``KOHO_FLOOD=10000 pytest tests/newsletters/test_crowds.py`` floods at full size.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from generator.forms.serving import serving_app
from generator.forms.throttle import Limit
from generator.forms.tokens import Purpose, Tokens
from generator.settings import Settings
from generator.storage.database import open_database
from newsletters import subscribing
from newsletters.audience.model import Consent, SubscriptionState, SuppressionReason
from newsletters.audience.store import Audience, open_audience
from newsletters.links import confirm_url, manage_url, unsubscribe_url
from newsletters.tables import audience_url, metadata
from newsletters.web import DOOR
from tests.newsletters.test_web import config  # noqa: F401  # a project with its tables

MANY = 10_000
FLOOD = int(os.environ.get("KOHO_FLOOD", "1000"))
CONSENT = Consent(1_700_000_000, "form", "同意")
T = TypeVar("T")


def finished(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end in a thread of its own: this one may belong to a browser's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Crowd:
    """Asks the app without a client in between, so that ten thousand take seconds."""

    def __init__(self, settings: Settings) -> None:
        self._app = serving_app([DOOR], settings)
        self.told: list[bytes] = []
        self._token = Tokens(settings.secret_keys).sign(Purpose.FORM, {"f": "subscribe"})

    async def ask(self, method: str, url: str, body: bytes = b"", network: str = "198.51.100.1") -> int:
        path, _, query = url.partition("?")
        started: list[int] = []
        self.told.append(b"")

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                started.append(message["status"])
            self.told[-1] += message.get("body", b"")

        kind, length = b"application/x-www-form-urlencoded", str(len(body)).encode()
        headers = [
            (b"content-type", kind),
            (b"content-length", length),
            (b"x-forwarded-for", network.encode()),
        ]
        scope = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
            "headers": headers, "client": ("127.0.0.1", 1), "server": ("testserver", 80), "scheme": "http",
            "http_version": "1.1", "root_path": "",
        }  # fmt: skip
        await self._app(scope, receive, send)
        return started[0]

    async def subscribe(self, address: str, network: str) -> int:
        form = {"form": self._token, "address": address, "newsletter": "magazine", "agree": "yes"}
        return await self.ask("POST", "/mail/subscribe", urlencode(form).encode(), network)


@pytest.fixture
def audience(config: Settings) -> Iterator[Audience]:  # noqa: F811
    audience = open_audience(config)
    yield audience
    audience.close()


def everything(settings: Settings) -> dict[str, list[Any]]:
    """Return every row of every table."""
    engine = open_database(audience_url(settings))
    with engine.connect() as connection:
        rows = {table.name: connection.execute(select(table)).all() for table in metadata.sorted_tables}
    engine.dispose()
    return {name: [tuple(row) for row in found] for name, found in rows.items()}


def mails(settings: Settings) -> list[Path]:
    return list((settings.project / settings.outbox).rglob("*.eml"))


def test_ten_thousand_looks_at_every_link_change_no_row(config: Settings, audience: Audience) -> None:  # noqa: F811
    tokens = Tokens(config.secret_keys)
    waiting = audience.subscribe("waits@example.jp", "magazine", CONSENT)
    reader = audience.subscribe("reads@example.jp", "magazine", CONSENT)
    audience.confirm(reader, "magazine", CONSENT)
    urls = [
        confirm_url("", tokens, waiting, ("magazine",)),
        unsubscribe_url("", tokens, reader, "magazine"),
        manage_url("", tokens, reader),
    ]
    before, crowd = everything(config), Crowd(config)

    async def look() -> Counter[int]:
        return Counter(
            [
                await crowd.ask(method, urls[number % len(urls)])
                for number in range(MANY // 2)
                for method in ("GET", "HEAD")
            ]
        )

    assert finished(look()) == {200: MANY}
    assert everything(config) == before
    assert mails(config) == []
    assert finished(crowd.ask("POST", urls[1], b"List-Unsubscribe=One-Click")) == 200
    assert audience.subscriptions(reader)[0].state is SubscriptionState.UNSUBSCRIBED


FLOODS = {
    "one address from everywhere": (lambda n: ("victim@example.jp", f"10.{n >> 8 & 255}.{n & 255}.9"), 3),
    "one machine for everybody": (lambda n: (f"p{n}@example.jp", "198.51.100.7"), 10),
    "one /24 for everybody": (lambda n: (f"p{n}@example.jp", f"198.51.100.{n % 250 + 1}"), 10),
    "one /64 for everybody": (lambda n: (f"p{n}@example.jp", f"2001:db8:1:2::{n % 65_000:x}"), 10),
    "everybody from everywhere": (lambda n: (f"p{n}@example.jp", f"10.{n >> 8 & 255}.{n & 255}.9"), 600),
}


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_stops_at_its_limit(
    config: Settings,  # noqa: F811
    flood: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.time", lambda: 1_700_000_000.0)  # no window ends meanwhile
    asker, most = FLOODS[flood]
    crowd = Crowd(config)

    async def pour() -> Counter[int]:
        return Counter([await crowd.subscribe(*asker(number)) for number in range(FLOOD)])

    answers = finished(pour())
    assert set(answers) == {200, 429}
    assert answers[200] <= subscribing.IN_ALL.count
    assert len(mails(config)) == most


def test_known_unknown_and_suppressed_addresses_get_the_same_answer_to_the_byte(
    config: Settings,  # noqa: F811
    audience: Audience,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subscribing, "IN_ALL", Limit("confirm-all", 1_000_000, 3_600))
    for number in range(0, FLOOD // 2, 4):
        known = audience.subscribe(f"p{number}@example.jp", "magazine", CONSENT)
        audience.confirm(known, "magazine", CONSENT)
        audience.suppress(f"p{number + 1}@example.jp", SuppressionReason.COMPLAINT, at=1)
    crowd = Crowd(config)

    async def pour() -> Counter[int]:
        networks = (f"10.{number >> 8 & 255}.{number & 255}.9" for number in range(FLOOD // 2))
        return Counter([await crowd.subscribe(f"p{n}@example.jp", at) for n, at in enumerate(networks)])

    assert finished(pour()) == {200: FLOOD // 2}
    assert len(set(crowd.told)) == 1
    assert len(mails(config)) == FLOOD // 2 - len(range(0, FLOOD // 2, 4))  # none to the suppressed


def test_a_spoofed_network_is_not_believed_without_a_proxy(config: Settings) -> None:  # noqa: F811
    crowd = Crowd(config.model_copy(update={"trusted_proxies": ()}))

    async def pour() -> Counter[int]:
        return Counter([await crowd.subscribe(f"p{n}@example.jp", f"10.0.{n}.1") for n in range(30)])

    assert finished(pour()) == {200: 10, 429: 20}


def test_the_way_out_of_an_old_mail_works_after_two_rotations(config: Settings, audience: Audience) -> None:  # noqa: F811
    number = audience.subscribe("old@example.jp", "magazine", CONSENT)
    audience.confirm(number, "magazine", CONSENT)
    link = unsubscribe_url("", Tokens(config.secret_keys), number, "magazine")
    newer = (SecretStr("n" * 40), SecretStr("m" * 40))
    without_the_old = Crowd(config.model_copy(update={"secret_keys": newer}))
    assert finished(without_the_old.ask("POST", link)) == 400
    with_the_old = Crowd(config.model_copy(update={"secret_keys": (*newer, *config.secret_keys)}))
    assert finished(with_the_old.ask("POST", link)) == 200
    assert audience.subscriptions(number)[0].state is SubscriptionState.UNSUBSCRIBED


@pytest.mark.parametrize("purpose", ["unsubscribe", "manage", "confirm"])
def test_no_bent_link_opens_anything(config: Settings, audience: Audience, purpose: str) -> None:  # noqa: F811
    number = audience.subscribe("bent@example.jp", "magazine", CONSENT)
    tokens = Tokens(config.secret_keys)
    links = {
        "unsubscribe": unsubscribe_url("", tokens, number, "magazine"),
        "manage": manage_url("", tokens, number),
        "confirm": confirm_url("", tokens, number, ("magazine",)),
    }
    path, _, token = links[purpose].partition("?t=")
    before, crowd = everything(config), Crowd(config)
    bent = {
        f"{token[:place]}{chr(ord(letter) ^ 1 << bit)}{token[place + 1 :]}"
        for place, letter in enumerate(token)
        for bit in range(7)
    }
    others = {link.partition("?t=")[2] for name, link in links.items() if name != purpose}

    async def try_all() -> set[int]:
        return {
            await crowd.ask("POST", f"{path}?{urlencode({'t': wrong})}") for wrong in sorted(bent | others)
        }

    assert finished(try_all()) == {400}
    assert everything(config) == before
