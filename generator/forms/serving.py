"""One process of one or more doors: their apps, their health, and numbers for the one who watches."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from generator.forms.door import Door
from generator.forms.log import open_log, write_line
from generator.settings import Settings


class Metrics:
    """ASGI middleware that counts answers by door and status, and the seconds until they began."""

    def __init__(self, app: ASGIApp, *, doors: Sequence[Door]) -> None:
        self._app = app
        self._doors = {door.mount: door.name for door in doors}
        self.answers: Counter[tuple[str, int]] = Counter()
        self.seconds: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on and count; ``/metrics`` finds the counts in the scope."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        door = next(
            (name for mount, name in self._doors.items() if scope["path"].startswith(mount + "/")), ""
        )
        scope["koho.metrics"] = self
        if not door:
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                taken = time.perf_counter() - started
                self.answers[door, message["status"]] += 1
                self.seconds[door] += taken  # type: ignore[assignment]
                write_line(scope, door, message["status"], taken * 1000)
            await send(message)

        await self._app(scope, receive, counted)

    def text(self) -> str:
        """Write the counts in Prometheus' text form."""
        lines = ["# HELP koho_answers_total Answers by door and status.", "# TYPE koho_answers_total counter"]
        lines += [
            f'koho_answers_total{{door="{door}",status="{status}"}} {count}'
            for (door, status), count in sorted(self.answers.items())
        ]
        lines += ["# HELP koho_seconds_total Seconds spent by door.", "# TYPE koho_seconds_total counter"]
        lines += [
            f'koho_seconds_total{{door="{door}"}} {seconds:.6f}'
            for door, seconds in sorted(self.seconds.items())
        ]
        return "\n".join(lines) + "\n"


def run_doors(doors: Sequence[Door], settings: Settings, *, host: str, port: int) -> None:
    """Answer until told to stop; what was begun is finished, for up to thirty seconds."""
    open_log(sys.stderr)
    uvicorn.run(
        serving_app(doors, settings),
        host=host,
        port=port,
        server_header=False,
        access_log=False,
        timeout_graceful_shutdown=30,
    )


def serving_app(doors: Sequence[Door], settings: Settings, more: Sequence[BaseRoute] = ()) -> Starlette:
    """Mount doors beside ``/healthz``, ``/readyz`` and ``/metrics``; ``more`` routes come last."""

    async def ready(_request: Request) -> Response:
        try:
            for door in doors:
                await run_in_threadpool(door.check, settings)
        except Exception as error:  # noqa: BLE001  # whatever it is, this process is not ready
            return PlainTextResponse(f"not ready: {type(error).__name__}\n", status_code=503)
        return PlainTextResponse("ready\n")

    return Starlette(
        routes=[
            Route("/healthz", _alive),
            Route("/readyz", ready),
            Route("/metrics", _metrics),
            *(Mount(door.mount, app=door.make(settings)) for door in doors),
            *more,
        ],
        middleware=[Middleware(Metrics, doors=doors)],
    )


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("alive\n")


async def _metrics(request: Request) -> Response:
    return PlainTextResponse(request.scope["koho.metrics"].text(), media_type="text/plain; version=0.0.4")
