"""How much a door bears: ``python -m tests.benchmarks.doors [seconds a measurement] [--memory requests]``.

One process of the subscribers' door, as ``koho door`` starts it, on this machine's loopback, over SQLite. ``wrk`` asks as
much as is answered; our own loader asks at a fixed rate and counts from the moment when a request was due, so that a
pause of the server shows. The door of the delivery events is measured by ``tests.benchmarks.delivery_events``.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import loading
from tests.benchmarks.door_server import FORM, subscribers_door

CONNECTIONS = 16
TARGETS = {"GET": 1_500, "POST": 300}


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("seconds", type=float, nargs="?", default=10.0)
    reader.add_argument("--memory", type=int, default=100_000)
    asked = reader.parse_args()
    with tempfile.TemporaryDirectory(dir=_folder()) as name:
        print(f"Python {platform.python_version()}, {CONNECTIONS} connections, {asked.seconds:.0f} s each\n")
        print(
            "| what | answers/s | CPU ms each | p50 ms | p99 ms | slowest ms | other answers |\n|---|---|---|---|---|---|---|"
        )
        _forms(Path(name) / "forms", asked.seconds, asked.memory)


def _folder() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _forms(folder: Path, seconds: float, many: int) -> None:
    with subscribers_door(folder) as door:
        pages = {"GET": loading.get(FORM), "POST": loading.subscribe(door.form_token())}
        for method, request in pages.items():
            _say(f"{method} {FORM}, as fast as it goes", door.measure(request, seconds, CONNECTIONS))
            rate = TARGETS[method] / 2
            _say(f"{method} {FORM} at {rate:,.0f}/s", door.measure(request, seconds, CONNECTIONS, rate=rate))
        _say_wrk(door.port, seconds)
        before = door.memory_mb()
        for request, share in ((pages["GET"], 0.8), (pages["POST"], 0.2)):
            door.ask(request, int(many * share), CONNECTIONS)
        print(
            f"\nmemory after the above {before:.1f} MB, after {many:,} more requests {door.memory_mb():.1f} MB\n"
        )


def _say(what: str, got: loading.Measured) -> None:
    print(
        f"| {what} | {got.rate:,.0f} | {got.cpu_ms:.2f} | {got.at(0.5):.1f} | {got.at(0.99):.1f} | "
        f"{got.at(1.0):.0f} | {got.others} |",
        flush=True,
    )


def _say_wrk(port: int, seconds: float) -> None:
    if shutil.which("wrk") is None:
        print("| wrk is not installed | | | | | | |")
        return
    rate, p99 = loading.wrk(f"http://127.0.0.1:{port}{FORM}", seconds, CONNECTIONS)
    print(f"| GET {FORM}, asked by wrk | {rate:,.0f} | | | {p99} | | |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
