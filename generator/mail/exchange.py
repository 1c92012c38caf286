"""One HTTP request whose every failure says on which side of the line it fell: not sent, or unanswered."""

from __future__ import annotations

import contextlib
import http.client
import select
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from email.message import Message
from urllib.parse import urlsplit

from generator.failpoints import reach

MAX_ANSWER = 1_000_000
_CONNECT_SECONDS = 10.0


class NotSentError(Exception):
    """Certain: the server cannot have had a whole request."""


class UnansweredError(Exception):
    """The server may have acted; nobody knows."""


class Reply:
    """An answer in the shape that the package's client reads."""

    def __init__(self, code: int, headers: Message, body: bytes) -> None:
        self._code, self._headers, self._body = code, headers, body

    def getcode(self) -> int:
        """Return the HTTP status."""
        return self._code

    def read(self) -> bytes:
        """Return at most a megabyte of the body."""
        return self._body

    def info(self) -> Message:
        """Return the headers; their names match in any case."""
        return self._headers


class Exchange:
    """One kept-alive connection, with a limit on the time of the whole exchange and on the size of the answer."""

    def __init__(self) -> None:
        self._connection: http.client.HTTPConnection | None = None
        self._place: tuple[str, str] = ("", "")
        self._context: ssl.SSLContext | None = None

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeout_seconds: float
    ) -> Reply:
        """Send one request; raises ``NotSentError`` or ``UnansweredError`` when no answer came."""
        parts = urlsplit(url)
        connection = self._connected((parts.scheme, parts.netloc), timeout_seconds)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        with self._deadline(connection, timeout_seconds):
            try:
                self._write(connection, method, path, headers, body)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                raise UnansweredError(type(error).__name__) from None
            return self._read(connection)

    def _write(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> None:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        reach("headers-sent")
        middle = len(body) // 2
        if body:
            connection.send(body[:middle])
            reach("half-body")
            connection.send(body[middle:])
        reach("body-sent")

    def _read(self, connection: http.client.HTTPConnection) -> Reply:
        reach("before-status")
        try:
            answer = connection.getresponse()
            content = answer.read(MAX_ANSWER)
            whole = answer.isclosed()
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise UnansweredError(type(error).__name__) from None
        if not whole or answer.will_close:
            self.close()
        return Reply(answer.status, answer.headers, content)

    def _connected(self, place: tuple[str, str], timeout_seconds: float) -> http.client.HTTPConnection:
        connection = self._connection
        if connection is not None and self._place == place and _is_alive(connection.sock):
            return connection
        self.close()
        reach("before-connect")
        scheme, netloc = place
        if scheme == "https":
            self._context = self._context or ssl.create_default_context()
            connection = http.client.HTTPSConnection(netloc, timeout=_CONNECT_SECONDS, context=self._context)
        else:
            connection = http.client.HTTPConnection(netloc, timeout=_CONNECT_SECONDS)
        try:
            connection.connect()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise NotSentError(type(error).__name__) from None
        connection.sock.settimeout(timeout_seconds)
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection, self._place = connection, place
        return connection

    @contextlib.contextmanager
    def _deadline(self, connection: http.client.HTTPConnection, seconds: float) -> Iterator[None]:
        """Cut the connection when the whole exchange takes too long: a byte a second would never time out."""
        sock = connection.sock
        timer = threading.Timer(seconds, _cut, (sock,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _cut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _is_alive(sock: socket.socket | None) -> bool:
    """Return whether a kept connection is silent: one that has bytes or an end waiting was closed by the server."""
    return sock is not None and not select.select([sock], [], [], 0)[0]
