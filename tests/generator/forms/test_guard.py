"""The guard before every door: headers, caps, own-origin posts, and whom to believe about the visitor."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from generator.forms.client import client_network, parse_networks
from generator.forms.guard import SECURITY_HEADERS, Guard


async def echo(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


def refuse(_request: Request, status: int, limit: int) -> Response:
    return PlainTextResponse(f"{limit} octets", status_code=status)


def client(max_body: int = 100) -> TestClient:
    app = Starlette(routes=[Route("/{path:path}", echo, methods=["GET", "POST"])])
    return TestClient(
        Guard(app, origin="https://example.jp/", refuse=refuse, open_posts=["/one-click"], max_body=max_body)
    )


def test_every_answer_carries_the_security_headers() -> None:
    answer = client().get("/")
    assert all(answer.headers[name] == value for name, value in SECURITY_HEADERS.items())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://example.jp"}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"referer": "https://evil.example/x"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "https://example.jp"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://example.jp.evil.example"}, 403),
    ],
)
def test_a_post_must_come_from_our_own_page(headers: dict[str, str], status: int) -> None:
    assert client().post("/form", content=b"x", headers=headers).status_code == status


def test_a_mail_client_may_post_to_the_one_click_door_from_anywhere() -> None:
    headers = {"origin": "https://mail.example", "sec-fetch-site": "cross-site"}
    assert client().post("/one-click/abc", content=b"x", headers=headers).status_code == 200


def test_a_body_over_the_limit_is_refused_by_its_length() -> None:
    assert client().post("/form", content=b"x" * 101).status_code == 413


def test_a_body_without_a_length_is_cut_where_it_passes_the_limit() -> None:
    assert client().post("/form", content=(b"x" * 60 for _ in range(3))).status_code == 413


def test_a_failure_of_a_guarded_app_is_told_without_what_was_in_it() -> None:
    async def fail(_request: Request) -> Response:
        raise RuntimeError("taro@example.jp")

    guard = Middleware(Guard, origin="https://example.jp/", refuse=refuse)
    app = Starlette(routes=[Route("/", fail)], middleware=[guard])
    answer = TestClient(app, raise_server_exceptions=False).get("/")
    assert (answer.status_code, answer.text) == (500, "65536 octets")
    assert all(answer.headers[name] == value for name, value in SECURITY_HEADERS.items())


@pytest.mark.parametrize(
    ("peer", "forwarded", "network"),
    [
        ("203.0.113.9", "", "203.0.113.0/24"),
        ("203.0.113.9", "198.51.100.7", "203.0.113.0/24"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.0/24"),
        ("127.0.0.1", "1.2.3.4, 198.51.100.7", "198.51.100.0/24"),
        ("127.0.0.1", "1.2.3.4, 127.0.0.2", "1.2.3.0/24"),
        ("127.0.0.1", "nonsense", "127.0.0.0/24"),
        ("::ffff:203.0.113.9", "", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "", "2001:db8:1:2::/64"),
        ("", "198.51.100.7", "unknown"),
    ],
)
def test_a_visitor_is_believed_from_trusted_proxies_only(peer: str, forwarded: str, network: str) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    scope = {"type": "http", "headers": headers, "client": (peer, 1) if peer else None}
    assert client_network(HTTPConnection(scope), parse_networks(["127.0.0.0/8"])) == network
