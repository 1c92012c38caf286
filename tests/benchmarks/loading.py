"""Asks a server on this machine, at its own pace or at a fixed rate, and measures the answers."""

from __future__ import annotations

import asyncio
import itertools
import re
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

Request = Callable[[], bytes]
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_numbers = itertools.count(1)


@dataclass
class Measured:
    """The answers of one measurement: milliseconds each, and what was not answered with success."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    milliseconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        return len(self.milliseconds) / self.seconds

    @property
    def cpu_ms(self) -> float:
        return self.cpu_seconds * 1000 / max(len(self.milliseconds), 1)

    @property
    def others(self) -> int:
        return sum(count for status, count in self.statuses.items() if not 200 <= status < 300)

    def at(self, part: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


def get(path: str) -> Request:
    raw = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    return lambda: raw


def subscribe(token: str) -> Request:
    """Every post is another person from another network, as a proxy would tell it."""

    def make() -> bytes:
        number = next(_numbers)
        form = {
            "form": token,
            "agree": "yes",
            "newsletter": "magazine",
            "address": f"p{number}@example.jp",
        }
        network = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        return post("/mail/subscribe", urlencode(form).encode(), {"X-Forwarded-For": network})

    return make


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = {"Host": "127.0.0.1", "Content-Type": "application/x-www-form-urlencoded"} | headers
    lines["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


async def ask(
    port: int, request: Request, connections: int, due: Iterator[float], measured: Measured
) -> Measured:
    """Send a request at each moment of ``due`` (seconds from now) over so many connections."""
    begun = time.perf_counter()

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for moment in due:
            if (early := moment - (time.perf_counter() - begun)) > 0:
                await asyncio.sleep(early)
            counted_from = max(moment, 0.0) if moment else time.perf_counter() - begun
            writer.write(request())
            measured.statuses[await _status(reader)] += 1
            measured.milliseconds.append((time.perf_counter() - begun - counted_from) * 1000)
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    measured.seconds = time.perf_counter() - begun
    return measured


async def _status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    if length:
        await reader.readexactly(int(length[1]))
    return int(head[9:12])


def as_fast_as_it_goes(seconds: float) -> Iterator[float]:
    """Each request is due when the last was answered."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        yield 0.0


def at_rate(rate: float, seconds: float) -> Iterator[float]:
    for number in range(1, int(rate * seconds)):
        yield number / rate


def wrk(url: str, seconds: float, connections: int) -> tuple[float, str]:
    """Return requests a second and the 99th percentile as wrk writes it."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(int(seconds), 1)}s", "--latency", url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate, late = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"99%\s+(\S+)", said)
    assert rate
    assert late
    return float(rate[1]), late[1]
