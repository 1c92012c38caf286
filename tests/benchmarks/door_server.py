"""A door in a process of its own for the benchmark: ``python -m tests.benchmarks.door_server PROJECT DOOR PORT``.

The same app and server as ``koho door``. Only the limits on mails to confirm are lifted: with them the benchmark would
measure refusals after 600 posts.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import SecretStr

from generator import discovery
from generator.settings import Settings, load_settings
from generator.site.build import build_site
from generator.storage import migrations
from newsletters.tables import schema
from tests.benchmarks import loading
from tests.builders import make_settings

ROOT = Path(__file__).parents[2]
FORM = "/mail/subscribe"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class DoorProcess:
    """One door that answers on a port of this machine."""

    process: subprocess.Popen[bytes]
    port: int

    def form_token(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{FORM}", timeout=10) as page:
            found = re.search(r'name="form" value="([^"]+)"', page.read().decode())
        assert found
        return found[1]

    def measure(
        self, request: loading.Request, seconds: float, connections: int, *, rate: float = 0.0
    ) -> loading.Measured:
        due = loading.at_rate(rate, seconds) if rate else loading.as_fast_as_it_goes(seconds)
        before = self._cpu_seconds()
        got = asyncio.run(loading.ask(self.port, request, connections, due, loading.Measured()))
        return replace(got, cpu_seconds=self._cpu_seconds() - before)

    def ask(self, request: loading.Request, times: int, connections: int) -> None:
        due = itertools.repeat(0.0, times)
        asyncio.run(loading.ask(self.port, request, connections, due, loading.Measured()))

    def memory_mb(self) -> float:
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", text)
        assert found
        return int(found[1]) / 1024

    def _cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def subscribers_door(folder: Path) -> Iterator[DoorProcess]:
    """The subscribers' door of a built sample site."""
    folder.mkdir(parents=True)
    for name in ("content", "templates"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "mkdocs.yml", folder)
    settings = make_settings(folder, secret_keys=(SecretStr("k" * 40),))
    build_site(settings, discovery.sources(), [])
    migrations.upgrade(schema, settings)
    with _process(folder, "newsletters") as door:
        yield door


@contextmanager
def _process(folder: Path, door: str) -> Iterator[DoorProcess]:
    with socket.socket() as finder:
        finder.bind(("127.0.0.1", 0))
        port = finder.getsockname()[1]
    command = [sys.executable, "-m", "tests.benchmarks.door_server", str(folder), door, str(port)]
    environment = os.environ | {"KOHO_SECRET_KEYS": "k" * 40}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield DoorProcess(process, port)
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "the door did not start"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise AssertionError("the door does not answer")


def _serve(settings: Settings, name: str, port: int) -> None:
    from generator.forms.serving import run_doors
    from newsletters import subscribing

    endless = {
        limit: replace(getattr(subscribing, limit), count=2**31) for limit in ("PER_MAILBOX", "IN_ALL")
    }
    for limit, lifted in (endless | {"PER_NETWORK": replace(subscribing.PER_NETWORK, count=2**31)}).items():
        setattr(subscribing, limit, lifted)
    found = next(door for door in discovery.doors() if door.name == name)
    run_doors([found], settings, host="127.0.0.1", port=port)


if __name__ == "__main__":
    _serve(load_settings(Path(sys.argv[1]), os.environ), sys.argv[2], int(sys.argv[3]))
