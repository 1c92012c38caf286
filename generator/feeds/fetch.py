"""Fetches a feed's bytes from the open network, or asks whether a page is there: no inner address, no bomb, no drip."""

from __future__ import annotations

import http.client
import ipaddress
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
    """Ask the system's resolver for every address of a host."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FeedError(f"{host}: 名前が引けません") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Guard:
    """Decides where a connection may go. ``allowed`` (``host:port``) is for tests that serve feeds locally."""

    resolver: Resolver = resolve
    allowed: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, settings: Settings) -> Guard:
        """Return the guard of a project; ``options.feeds_allowed_hosts`` is for tests alone."""
        return cls(allowed=frozenset(settings.options.get("feeds_allowed_hosts", ())))

    def pin(self, parts: SplitResult) -> tuple[str, int]:
        """Return the one address to connect to; ``FeedError`` when any address of the host is not public."""
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise FeedError(f"{parts.scheme}: http か https のアドレスだけを読みます")
        if parts.username or parts.password:
            raise FeedError(f"{parts.hostname}: 利用者名の付いたアドレスは読みません")
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise FeedError(f"{parts.hostname}: ポートの番号が読めません") from None
        addresses = self.resolver(parts.hostname, port)
        if not addresses:
            raise FeedError(f"{parts.hostname}: 名前が引けません")
        if f"{parts.hostname}:{port}" in self.allowed:
            return addresses[0], port
        if port not in _PORTS:
            raise FeedError(f"{parts.hostname}: {port} 番のポートは読みません")
        for address in addresses:
            if not is_public(address):
                raise FeedError(f"{parts.hostname}: 外に公開されていないアドレスです")
        return addresses[0], port


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
    until = time.monotonic() + seconds
    status = _follow(url, _Request("HEAD", headers, _read_status), guard or Guard(), until)
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
    address, port = guard.pin(parts)
    connection = _Pinned(parts, address, port, _left(until))
    watch: threading.Timer | None = None
    try:
        connection.connect()
        watch = threading.Timer(_left(until), connection.cut)
        watch.daemon = True
        watch.start()
        connection.request(request.method, _path(parts), headers=request.headers)
        with closing(connection.getresponse()) as response:
            answer = request.read(response, url)
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        late = time.monotonic() >= until
        why = "時間のうちに終わりませんでした" if late else type(error).__name__
        raise FeedError(f"{parts.hostname}: 読めません（{why}）") from None
    finally:
        if watch:
            watch.cancel()
        connection.close()
    _left(until)  # a connection that was cut looks like an end
    return answer


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
    """A connection to the address that was checked, never to what the name means a moment later."""

    def __init__(self, parts: SplitResult, address: str, port: int, timeout: float) -> None:
        super().__init__(str(parts.hostname), port, timeout=timeout)
        self._address = address
        self._secure = parts.scheme == "https"

    def connect(self) -> None:
        """Connect to the pinned address; the certificate must be the host's."""
        raw = socket.create_connection((self._address, self.port), timeout=self.timeout)
        if self._secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(raw, server_hostname=self.host)
        else:
            self.sock = raw

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
