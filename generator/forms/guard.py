"""What stands before every door: headers, body limits, and whether a post comes from our own page."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from generator.forms.refusal import Refuse

MAX_BODY = 64 * 1024  # bytes, for forms without files
SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # with no-referrer a browser would hide even our own origin from our posts
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}


class Guard:
    """ASGI middleware: security headers on every answer, a cap on every body, own-origin posts only.

    Paths in ``open_posts`` take posts from anywhere: mail clients (RFC 8058) and the delivery webhook.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        origin: str,
        refuse: Refuse,
        open_posts: Sequence[str] = (),
        max_body: int = MAX_BODY,
    ) -> None:
        self._app = app
        self._refuse = refuse
        self._origin = _origin_of(origin)
        self._open_posts = tuple(open_posts)
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with 403, 413 or, when the app fails, 500."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(_with_headers(message))

        async def refuse(status: int) -> None:
            await self._refuse(Request(scope), status, self._max_body)(scope, receive, guarded)

        if scope["method"] == "POST" and not self._may_post(scope["path"], headers):
            await refuse(403)
        elif not _length_within(headers, self._max_body):
            await refuse(413)
        else:
            try:
                await self._app(scope, _capped(receive, self._max_body), guarded)
            except Exception:
                if not begun:
                    await refuse(500)
                raise

    def _may_post(self, path: str, headers: Headers) -> bool:
        if path.startswith(self._open_posts) if self._open_posts else False:
            return True
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in {"same-origin", "none"}
        sent = headers.get("origin") or headers.get("referer")
        return sent is None or _origin_of(sent) in {self._origin, f"http://{headers.get('host', '')}"}


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _length_within(headers: Headers, limit: int) -> bool:
    length = headers.get("content-length", "0")
    return length.isdecimal() and int(length) <= limit


def _with_headers(message: Message) -> Message:
    if message["type"] == "http.response.start":
        headers = MutableHeaders(scope=message)
        for name, value in SECURITY_HEADERS.items():
            headers.setdefault(name, value)
    return message


def _capped(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def capped() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413)
        return message

    return capped
