"""Starts the fake as a process of its own and talks to it."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Fake:
    """A running fake; ``url`` is what ``sendgrid_host`` is set to."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def control(self, **command: Any) -> None:
        self.ask("POST", "/_control", command)

    def facts(self) -> dict[str, Any]:
        return self.ask("GET", "/_facts")  # type: ignore[no-any-return]

    def judge(self) -> dict[str, Any]:
        return self.ask("GET", "/_judge")  # type: ignore[no-any-return]

    def log_lines(self) -> Iterator[dict[str, Any]]:
        """Yield what was accepted or cancelled since the last reset, from the fake's own log."""
        with self.log.open("rb") as lines:
            for line in lines:
                yield orjson.loads(line)

    def key(self) -> str:
        """The public key of the events."""
        return str(self.ask("GET", "/_key")["key"])

    def emit(self, hook: str, **command: Any) -> dict[str, Any]:
        """Let the fake post events of what it accepted to a webhook; return what the webhook answered."""
        return self.ask("POST", "/_emit", {"hook": hook, **command})  # type: ignore[no-any-return]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=3600)
        try:
            connection.request(method, path, orjson.dumps(body) if body is not None else None)
            return orjson.loads(connection.getresponse().read())
        finally:
            connection.close()


@contextmanager
def running_fake(folder: Path, *, core: int | None = None) -> Iterator[Fake]:
    """Run the fake while the block lasts, on one core where that is asked for."""
    log = folder / "fake-sendgrid.jsonl"
    command = [sys.executable, "-m", "tests.fake_sendgrid.server", str(log)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    if core is not None:
        os.sched_setaffinity(process.pid, {core})
    try:
        yield Fake(int(process.stdout.readline()), log)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
