"""Fetches a feed's bytes from the open network, or asks whether a page is there: no inner address, no bomb, no drip."""

from __future__ import annotations

import http.client
import ipaddress
import queue
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Generic, TypeVar
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from generator.errors import ServiceError
from generator.settings import Settings

MAX_BYTES = 15_000_000  # decoded
MAX_RATIO = 200  # decoded : received, looked at above 1 MB
MAX_REDIRECTS = 5
TIMEOUT_SECONDS = 20.0
PROBE_SECONDS = 8.0
RESOLVE_SECONDS = 5.0
_LONGEST_WAIT = 7 * 24 * 3600
_PORTS = {80, 443}
_REFUSED = tuple(
    map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10"))
)
_REDIRECTS = {301, 302, 303, 307, 308}

Answer = TypeVar("Answer")
Resolver = Callable[[str, int], list[str]]


class FeedError(ServiceError):
    """A feed could not be fetched; ``wait_seconds`` is the publisher's wish, ``is_gone`` its farewell."""

    def __init__(self, message: str, *, wait_seconds: float = 0.0, is_gone: bool = False) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds
        self.is_gone = is_gone


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a feed answered; ``body`` is None when nothing changed (304)."""

    body: bytes | None
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""


def resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver for every address of a host, which may take it longer than we have."""
    answers: queue.SimpleQueue[list[str]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found = []
        answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))

    threading.Thread(target=ask, daemon=True).start()
    try:
        return answers.get(timeout=RESOLVE_SECONDS)
    except queue.Empty:
        return []


@dataclass(frozen=True)
class Guard:
    """Decides where a connection may go. ``allowed`` (``host:port``) is for tests that serve feeds locally."""

    resolver: Resolver = resolve
    allowed: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, settings: Settings) -> Guard:
        """Return the guard of a project; ``options.feeds_allowed_hosts`` is for tests alone."""
        return cls(allowed=frozenset(settings.options.get("feeds_allowed_hosts", ())))

    def pin(self, parts: SplitResult) -> tuple[tuple[str, ...], int]:
        """Return the addresses to connect to; ``FeedError`` when any of the host's is not public."""
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise FeedError(f"{parts.scheme}: http か https のアドレスだけを読みます")
        if parts.username or parts.password:
            raise FeedError(f"{parts.hostname}: 利用者名の付いたアドレスは読みません")
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise FeedError(f"{parts.hostname}: ポートの番号が読めません") from None
        addresses = tuple(self.resolver(parts.hostname, port))
        if not addresses:
            raise FeedError(f"{parts.hostname}: 名前が引けません")
        if f"{parts.hostname}:{port}" in self.allowed:
            return addresses, port
        if port not in _PORTS:
            raise FeedError(f"{parts.hostname}: {port} 番のポートは読みません")
        for address in addresses:
            if not is_public(address):
                raise FeedError(f"{parts.hostname}: 外に公開されていないアドレスです")
        return addresses, port


def is_public(text: str) -> bool:
    """Say whether an address is on the open network: not private, loopback, link-local, CGNAT or multicast."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(str(address.ipv4_mapped))
        if any(address in network for network in _REFUSED):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def fetch_feed(url: str, *, etag: str = "", last_modified: str = "", guard: Guard | None = None) -> Fetched:
    """Fetch a feed within ``TIMEOUT_SECONDS`` in all; each redirect is resolved, checked and pinned again.

    Raises ``FeedError``.
    """
    headers = {"User-Agent": "koho", "Accept-Encoding": "gzip", "Connection": "close"}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": last_modified} if last_modified else {}
    until = time.monotonic() + TIMEOUT_SECONDS
    return _follow(url, _Request("GET", headers, _read), guard or Guard(), until)


def probe(url: str, *, guard: Guard | None = None, seconds: float = PROBE_SECONDS) -> int:
    """Ask whether a page is there and return its status, taking none of its content; redirects are followed.

    A server that does not like to be asked so is asked again as a browser would. Raises ``FeedError`` where nobody answers.
    """
    headers = {"User-Agent": "koho (link check)", "Accept": "*/*", "Connection": "close"}
    half, until = time.monotonic() + seconds / 2, time.monotonic() + seconds
    try:
        status = _follow(url, _Request("HEAD", headers, _read_status), guard or Guard(), half)
    except FeedError:
        status = http.client.BAD_REQUEST
    if status < http.client.BAD_REQUEST:
        return status
    return _follow(url, _Request("GET", headers, _read_status), guard or Guard(), until)


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """Where a redirect leads."""

    url: str


@dataclass(frozen=True, slots=True)
class _Request(Generic[Answer]):
    method: str
    headers: dict[str, str]
    read: Callable[[http.client.HTTPResponse, str], Answer | _Elsewhere]


def _follow(url: str, request: _Request[Answer], guard: Guard, until: float) -> Answer:
    for _ in range(MAX_REDIRECTS + 1):
        answer = _ask(url, request, guard, until)
        if not isinstance(answer, _Elsewhere):
            return answer
        url = answer.url
    raise FeedError(f"{url}: 転送が {MAX_REDIRECTS} 回を超えました")


def _ask(url: str, request: _Request[Answer], guard: Guard, until: float) -> Answer | _Elsewhere:
    """Return what one address answers, or where to ask next."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise FeedError("アドレスが読めません") from None
    addresses, port = guard.pin(parts)
    connection = _Pinned(parts, addresses, port, until)
    watch = threading.Timer(_left(until), connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.connect()
        connection.request(request.method, _path(parts), headers=request.headers)
        with closing(connection.getresponse()) as response:
            answer = request.read(response, url)
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        raise FeedError(f"{parts.hostname}: 読めません（{_why(error, until)}）") from None
    finally:
        watch.cancel()
        connection.close()
    _left(until)  # a connection that was cut looks like an end
    return answer


def _why(error: Exception, until: float) -> str:
    """Say in staff's words what happened to a connection."""
    if time.monotonic() >= until or isinstance(error, TimeoutError):
        return "時間のうちに終わりませんでした"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"証明書が正しくありません: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return "暗号の通信ができません"
    if isinstance(error, ConnectionRefusedError):
        return "つながりません"
    if isinstance(error, ConnectionError | http.client.RemoteDisconnected):
        return "途中で切られました"
    if isinstance(error, OSError):
        return "つながりません"
    return f"HTTPの返事になっていません: {type(error).__name__}"


def _path(parts: SplitResult) -> str:
    """Return what to ask for, with every letter beyond ASCII written as the network wants it."""
    query = f"?{parts.query}" if parts.query else ""
    return quote((parts.path or "/") + query, safe="/%:@!$&'()*+,;=~-._?[]")


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise FeedError("時間のうちに終わりませんでした")
    return left


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, never to what the name means a moment later."""

    def __init__(self, parts: SplitResult, addresses: tuple[str, ...], port: int, until: float) -> None:
        super().__init__(str(parts.hostname), port, timeout=_left(until))
        self._addresses = addresses
        self._until = until
        self._secure = parts.scheme == "https"

    def connect(self) -> None:
        """Connect to the first address that takes us; the certificate must be the host's."""
        raw = self._first_that_answers()
        if self._secure:
            context = ssl.create_default_context()
            secured = context.wrap_socket(raw, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = secured  # from here on a greeting that drips can be cut too
            secured.do_handshake()
        else:
            self.sock = raw

    def _first_that_answers(self) -> socket.socket:
        """A host's first address may be of a network that we do not reach (IPv6); each gets its share of the time."""
        for left, address in zip(range(len(self._addresses), 0, -1), self._addresses, strict=True):
            try:
                raw = socket.create_connection((address, self.port), timeout=_left(self._until) / left)
            except OSError:
                if left == 1:
                    raise
            else:
                raw.settimeout(_left(self._until))
                return raw
        raise OSError("no address")

    def cut(self) -> None:
        """End a connection whose time is over, whatever it is waiting for."""
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                self.close()


def _read_status(response: http.client.HTTPResponse, url: str) -> int | _Elsewhere:
    if response.status in _REDIRECTS and response.getheader("Location"):
        return _Elsewhere(urljoin(url, response.getheader("Location", "")))
    return response.status


def _read(response: http.client.HTTPResponse, url: str) -> Fetched | _Elsewhere:
    status = response.status
    host = urlsplit(url).hostname
    if status == http.client.NOT_MODIFIED:
        return Fetched(
            None, etag=response.getheader("ETag", ""), last_modified=response.getheader("Last-Modified", "")
        )
    if status in _REDIRECTS and response.getheader("Location"):
        return _Elsewhere(urljoin(url, response.getheader("Location", "")))
    if status != http.client.OK:
        wait = _retry_after(response.getheader("Retry-After", ""))
        raise FeedError(
            f"{host}: {status} が返りました", wait_seconds=wait, is_gone=status == http.client.GONE
        )
    return Fetched(
        _body(response, str(host)),
        response.getheader("Content-Type", ""),
        response.getheader("ETag", ""),
        response.getheader("Last-Modified", ""),
    )


def _body(response: http.client.HTTPResponse, host: str) -> bytes:
    coding = response.getheader("Content-Encoding", "identity").strip().lower()
    if coding not in {"", "identity", "gzip", "x-gzip"}:
        raise FeedError(f"{host}: 読めない圧縮です（{coding[:20]}）")
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS) if "gzip" in coding else None
    received, size, parts = 0, 0, []
    while chunk := response.read(65_536):
        received += len(chunk)
        piece = inflater.decompress(chunk, MAX_BYTES + 1 - size) if inflater else chunk
        size += len(piece)
        parts.append(piece)
        if size > MAX_BYTES or received > MAX_BYTES:
            raise FeedError(f"{host}: {MAX_BYTES:,} バイトを超えました")
        if size > 1_000_000 and size > received * MAX_RATIO:
            raise FeedError(f"{host}: 圧縮の比が大きすぎます")
    if response.length:
        raise FeedError(f"{host}: 途中で切れました")
    return b"".join(parts)


def _retry_after(value: str) -> float:
    """Return the seconds that a publisher asks us to wait, from a number or a date; at most a week."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - datetime.now(UTC)).total_seconds(), 0.0), _LONGEST_WAIT)
