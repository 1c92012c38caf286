from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from generator.feeds import fetch
from generator.feeds.fetch import FeedError, Guard, fetch_feed, is_public, probe

Answer = Callable[[bytes, socket.socket], None]

INNER = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://localhost/",
    "http://0.0.0.0/",
    "http://0/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://172.16.0.1/",
    "http://172.31.255.254/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://100.127.255.254/",
    "http://192.0.0.1/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[ff02::1]/",
    "http://[2002:7f00:1::]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2001:db8::1]/",
    "http://[2001::1]/",
    "file:///etc/passwd",
    "gopher://example.jp/",
    "ftp://example.jp/feed",
    "data:text/xml,<rss/>",
    "http:///feed",
    "http://user:secret@93.184.216.34/",
    "http://93.184.216.34:22/",
    "http://93.184.216.34:99999/",
    "http://[bad/",
    "//example.jp/feed",
    "/etc/passwd",
    "",
]


@pytest.fixture
def no_connection(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    opened: list[object] = []

    def refuse(*args: object, **_: object) -> socket.socket:
        opened.append(args)
        raise OSError

    monkeypatch.setattr(socket, "create_connection", refuse)
    return opened


@pytest.mark.parametrize("url", INNER)
def test_an_inner_address_is_never_connected_to(url: str, no_connection: list[object]) -> None:
    with pytest.raises(FeedError):
        fetch_feed(url)
    assert no_connection == []


def test_a_name_with_one_inner_address_among_others_is_refused(no_connection: list[object]) -> None:
    guard = Guard(resolver=lambda _host, _port: ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(FeedError, match="公開されていない"):
        fetch_feed("https://example.jp/", guard=guard)
    assert no_connection == []


def test_a_name_that_turns_inward_after_the_check_is_still_connected_to_the_checked_address(
    no_connection: list[object],
) -> None:
    answers = iter(["93.184.216.34", "127.0.0.1"] * 100)
    for _ in range(100):
        guard = Guard(resolver=lambda _host, _port: [next(answers)])
        with pytest.raises(FeedError):
            fetch_feed("http://rebind.example/", guard=guard)
    reached = {args[0][0] for args in no_connection}  # type: ignore[index]
    assert reached == {"93.184.216.34"}


@pytest.mark.parametrize(
    ("address", "public"),
    [("93.184.216.34", True), ("2606:2800:220:1::1", True), ("::1", False), ("x", False)],
)
def test_public_addresses_are_told_from_the_others(address: str, public: bool) -> None:
    assert is_public(address) is public


@contextmanager
def serving(answer: Answer, first: bytes | None = None) -> Iterator[tuple[str, Guard]]:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                try:
                    answer(peer.recv(65_536) if first is None else first, peer)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}/", Guard(allowed=frozenset({f"127.0.0.1:{port}"}))
    finally:
        stop.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def say(status: str, body: bytes = b"", **headers: str) -> Answer:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())

    def answer(_request: bytes, peer: socket.socket) -> None:
        peer.sendall(f"HTTP/1.1 {status}\r\n{lines}Connection: close\r\n\r\n".encode() + body)

    return answer


def test_a_feed_comes_with_its_marks_and_they_go_back_as_they_were() -> None:
    asked: list[bytes] = []

    def answer(request: bytes, peer: socket.socket) -> None:
        asked.append(request)
        say(
            "304 Not Modified" if b"If-None-Match" in request else "200 OK",
            b"<rss/>",
            ETag='W/"a b"',
            Last_Modified="x",
        )(request, peer)

    with serving(answer) as (url, guard):
        first = fetch_feed(url, guard=guard)
        second = fetch_feed(url, etag=first.etag, last_modified=first.last_modified, guard=guard)
    assert (first.body, second.body) == (b"<rss/>", None)
    assert b'If-None-Match: W/"a b"\r\n' in asked[1]
    assert b"If-Modified-Since: x\r\n" in asked[1]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/", "file:///etc/passwd", "http://localhost:1/", "//10.0.0.1/"]
)
def test_a_redirect_is_checked_like_any_address(status: str, target: str) -> None:
    with serving(say(status, Location=target)) as (url, guard), pytest.raises(FeedError):
        fetch_feed(url, guard=guard)


def test_a_circle_of_redirects_ends() -> None:
    count = []

    def answer(request: bytes, peer: socket.socket) -> None:
        count.append(1)
        say("302 Found", Location="/again")(request, peer)

    with serving(answer) as (url, guard), pytest.raises(FeedError, match="転送"):
        fetch_feed(url, guard=guard)
    assert len(count) == fetch.MAX_REDIRECTS + 1


def test_a_gzip_bomb_is_left_after_its_first_megabytes() -> None:
    bomb = gzip.compress(b"\0" * 60_000_000)
    with (
        serving(say("200 OK", bomb, Content_Encoding="gzip")) as (url, guard),
        pytest.raises(FeedError, match=r"圧縮|超え"),
    ):
        fetch_feed(url, guard=guard)


def test_a_feed_may_be_compressed() -> None:
    with serving(say("200 OK", gzip.compress(b"<rss/>"), Content_Encoding="gzip")) as (url, guard):
        assert fetch_feed(url, guard=guard).body == b"<rss/>"


def test_an_endless_body_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_BYTES", 1_000_000)

    def answer(_request: bytes, peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            peer.sendall(b"x" * 65_536)

    with serving(answer) as (url, guard), pytest.raises(FeedError, match="超えました"):
        fetch_feed(url, guard=guard)


@pytest.mark.parametrize("where", ["body", "headers"])
def test_a_drip_of_single_bytes_ends_with_the_time(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT_SECONDS", 0.5)

    def answer(_request: bytes, peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\n" + (b"\r\n" if where == "body" else b"X-Slow: "))
        for _ in range(200):
            peer.sendall(b"x")
            time.sleep(0.05)

    with serving(answer) as (url, guard), pytest.raises(FeedError, match="終わりません"):
        fetch_feed(url, guard=guard)


def test_a_hundred_thousand_headers_are_refused() -> None:
    many = b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 100_000 + b"\r\n"
    with serving(lambda _r, peer: peer.sendall(many)) as (url, guard), pytest.raises(FeedError):
        fetch_feed(url, guard=guard)


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip, br"])
def test_an_unknown_compression_is_refused(coding: str) -> None:
    with serving(say("200 OK", b"x", Content_Encoding=coding)) as (url, guard), pytest.raises(FeedError):
        fetch_feed(url, guard=guard)


def test_a_publisher_may_ask_us_to_wait_in_seconds_or_until_a_moment() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    for value, least, most in (
        ("120", 120, 120),
        (later, 7000, 7200),
        ("99999999999", 1, 604_800),
        ("soon", 0, 0),
    ):
        with (
            serving(say("429 Too Many Requests", Retry_After=value)) as (url, guard),
            pytest.raises(FeedError) as caught,
        ):
            fetch_feed(url, guard=guard)
        assert least <= caught.value.wait_seconds <= most


def test_a_feed_that_is_gone_says_so() -> None:
    with serving(say("410 Gone")) as (url, guard), pytest.raises(FeedError) as caught:
        fetch_feed(url, guard=guard)
    assert caught.value.is_gone


def test_a_page_is_asked_for_by_its_head_alone_and_only_then_as_a_browser_does() -> None:
    asked: list[bytes] = []

    def answer(request: bytes, peer: socket.socket) -> None:
        asked.append(request.split(b" ", 2)[0])
        status = "405 Method Not Allowed" if asked[-1] == b"HEAD" else "200 OK"
        say(status, b"x" * 1_000_000)(request, peer)

    with serving(answer) as (url, guard):
        assert probe(url, guard=guard) == 200
    assert asked == [b"HEAD", b"GET"]
    with serving(say("200 OK")) as (url, guard):
        assert probe(url, guard=guard) == 200


@pytest.mark.parametrize("status", [403, 404, 410, 500, 503])
def test_a_page_that_is_not_given_says_its_status(status: int) -> None:
    with serving(say(f"{status} No")) as (url, guard):
        assert probe(url, guard=guard) == status


@pytest.mark.parametrize("target", ["http://169.254.169.254/", "file:///etc/passwd", "http://localhost:1/"])
def test_a_page_may_not_lead_a_probe_inside(target: str) -> None:
    with serving(say("302 Found", Location=target)) as (url, guard), pytest.raises(FeedError):
        probe(url, guard=guard)


def test_a_probe_ends_with_its_time() -> None:
    def answer(_request: bytes, peer: socket.socket) -> None:
        peer.recv(1)  # says nothing until the other side leaves

    with serving(answer) as (url, guard), pytest.raises(FeedError):
        probe(url, guard=guard, seconds=0.3)


def test_a_probe_that_goes_in_a_circle_ends() -> None:
    with (
        serving(say("302 Found", Location="/again")) as (url, guard),
        pytest.raises(FeedError, match="転送が 5 回を超えました"),
    ):
        probe(url, guard=guard)


def silent(_request: bytes, peer: socket.socket) -> None:
    peer.recv(1)  # says nothing until the other side leaves


def hung_up(_request: bytes, peer: socket.socket) -> None:
    peer.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("manners", [silent, hung_up])
def test_a_server_that_ignores_a_head_is_asked_as_a_browser_does(manners: Answer) -> None:
    def answer(request: bytes, peer: socket.socket) -> None:
        (manners if request.startswith(b"HEAD") else say("200 OK"))(request, peer)

    with serving(answer) as (url, guard):
        assert probe(url, guard=guard, seconds=2.0) == 200


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (hung_up, "途中で切られました"),
        (lambda _r, peer: peer.sendall(b"SSH-2.0-OpenSSH\r\n"), "HTTPの返事になっていません"),
        (silent, "時間のうちに終わりませんでした"),
    ],
)
def test_what_went_wrong_is_said_in_words_of_staff(answer: Answer, told: str) -> None:
    with serving(answer) as (url, guard), pytest.raises(FeedError, match=told):
        probe(url, guard=guard, seconds=0.5)


def test_nobody_at_home_is_told_as_that() -> None:
    with serving(silent) as (url, guard):
        pass
    with pytest.raises(FeedError, match="つながりません"):
        probe(url, guard=guard)


def test_a_resolver_that_never_answers_costs_its_share_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asleep = threading.Event()
    monkeypatch.setattr(fetch, "RESOLVE_SECONDS", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: asleep.wait(30) and [])
    with pytest.raises(FeedError, match="名前が引けません"):
        fetch_feed("https://slow.example.jp/")
    asleep.set()


def test_the_next_address_is_tried_where_the_first_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    connect = socket.create_connection

    def create(place: tuple[str, int], **options: float) -> socket.socket:
        tried.append(place[0])
        if place[0] == "2606:2800:220:1::1":
            raise OSError(101, "Network is unreachable")
        return connect(place, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "create_connection", create)
    with serving(say("200 OK", b"<rss/>")) as (url, guard):
        two = Guard(resolver=lambda _h, _p: ["2606:2800:220:1::1", "127.0.0.1"], allowed=guard.allowed)
        assert fetch_feed(url, guard=two).body == b"<rss/>"
    assert tried == ["2606:2800:220:1::1", "127.0.0.1"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate with its key for localhost, signed by nobody but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, form, plain)
    )
    return path


@contextmanager
def serving_tls(certificate: Path, host: str) -> Iterator[tuple[str, Guard]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def answer(_nothing: bytes, peer: socket.socket) -> None:
        with context.wrap_socket(peer.dup(), server_side=True) as secured:
            say("200 OK", b"<rss/>")(secured.recv(65_536), secured)

    with serving(answer, first=b"") as (url, _):
        port = url.rsplit(":", 1)[1].strip("/")
        yield f"https://{host}:{port}/", Guard(lambda _h, _p: ["127.0.0.1"], frozenset({f"{host}:{port}"}))


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    with serving_tls(certificate, "localhost") as (url, guard):
        with pytest.raises(FeedError, match="証明書が正しくありません"):
            fetch_feed(url, guard=guard)
        with pytest.raises(FeedError, match="証明書が正しくありません"):
            probe(url, guard=guard)


def test_a_certificate_must_be_of_the_name_that_was_asked_for(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    with serving_tls(certificate, "localhost") as (url, guard):
        assert fetch_feed(url, guard=guard).body == b"<rss/>"
    with (
        serving_tls(certificate, "other.example.jp") as (url, guard),
        pytest.raises(FeedError, match="証明書が正しくありません"),
    ):
        fetch_feed(url, guard=guard)


def test_a_server_that_speaks_plain_where_tls_is_due_is_told() -> None:
    plain = serving(lambda _r, peer: peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    with plain as (url, guard), pytest.raises(FeedError, match="暗号の通信ができません"):
        fetch_feed(url.replace("http:", "https:"), guard=guard)


def test_a_greeting_that_drips_ends_with_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT_SECONDS", 0.5)

    def answer(_hello: bytes, peer: socket.socket) -> None:
        peer.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 kB follows
        for _ in range(200):
            peer.sendall(b"\x02")
            time.sleep(0.05)

    with serving(answer) as (url, guard), pytest.raises(FeedError, match="終わりません"):
        fetch_feed(url.replace("http:", "https:"), guard=guard)


def test_an_address_in_japanese_letters_is_asked_for_as_the_network_writes_it() -> None:
    asked: list[bytes] = []

    def answer(request: bytes, peer: socket.socket) -> None:
        asked.append(request)
        say("200 OK")(request, peer)

    with serving(answer) as (url, guard):
        assert probe(f"{url}お知らせ?年=2023%20x", guard=guard) == 200
    assert b"HEAD /%E3%81%8A" in asked[0]
    assert b"=2023%20x " in asked[0]
