"""Doors in a process of their own for the benchmark: ``python -m tests.benchmarks.door_server PROJECT DOOR PORT``.

The same app and server as ``koho door``. Only the limits on mails to confirm are lifted: with them the benchmark would
measure refusals after 600 posts.
"""

from __future__ import annotations

import asyncio
import base64
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

import orjson
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from generator.content.source import content_source
from generator.mail.mailer import Limits
from generator.settings import Settings, load_settings
from generator.site.build import build_site
from generator.storage import migrations
from newsletters.delivery.freeze import freeze_audience
from newsletters.delivery.journal import Journal, guard
from newsletters.delivery.webhook import SIGNATURE, TIMESTAMP
from newsletters.issue.frozen import FrozenIssue
from newsletters.tables import schema
from tests.benchmarks import loading
from tests.builders import make_settings
from tests.faults.world import World, make_issue, make_world
from tests.postgres import find_binaries, running_server

ROOT = Path(__file__).parents[2]
FORM = "/mail/subscribe"
READERS = 20_000
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class DoorProcess:
    """One door that answers on a port of this machine."""

    process: subprocess.Popen[bytes]
    port: int
    world: World | None = None
    key: ec.EllipticCurvePrivateKey | None = None

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

    def bodies(self, a_post: int) -> list[tuple[bytes, dict[str, str]]]:
        """Signed posts of events of one issue: processed and delivered for each reader."""
        assert self.world
        issue = self.world.issues[0]
        rows = [
            {
                "event": name, "timestamp": 1_680_000_000, "issue": issue.key, "chunk": "1-1", "number": str(n),
                "delivery_id": self.world.keyring.delivery_id(issue.key, n), "email": "x@example.com",
            }
            for n in range(1, READERS + 1)
            for name in ("processed", "delivered")
        ]  # fmt: skip
        posts = min(len(rows) // a_post, 4_000)
        return [self._signed(orjson.dumps(rows[n * a_post : (n + 1) * a_post])) for n in range(posts)]

    def _signed(self, body: bytes) -> tuple[bytes, dict[str, str]]:
        assert self.key
        signature = self.key.sign(b"1680000000" + body, ec.ECDSA(hashes.SHA256()))
        return body, {SIGNATURE: base64.b64encode(signature).decode(), TIMESTAMP: "1680000000"}

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
    build_site(settings, [content_source], [])
    migrations.upgrade(schema, settings)
    with _process(folder, "newsletters", {}) as door:
        yield door


@contextmanager
def events_door(folder: Path, kind: str) -> Iterator[DoorProcess | None]:
    """The door of the delivery events with an issue of 20,000 readers; None where there is no PostgreSQL."""
    folder.mkdir(parents=True)
    if kind == "PostgreSQL" and find_binaries() is None:
        yield None
        return
    if kind == "SQLite":
        with _events_door(folder, "") as door:
            yield door
        return
    with running_server() as server:
        server.execute("CREATE DATABASE doors")
        with _events_door(folder, server.url("doors")) as door:
            yield door


@contextmanager
def _events_door(folder: Path, url: str) -> Iterator[DoorProcess]:
    world = make_world(folder, url=url)
    world.add_readers(READERS)
    world.issues.append(_frozen(world))
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    told = {"KOHO_SENDGRID_WEBHOOK_KEY": base64.b64encode(public).decode(), "KOHO_AUDIENCE_URL": url}
    with _process(folder, "newsletters-events", told) as door:
        door.world, door.key = world, key
        yield door
    world.engine.dispose()


def _frozen(world: World) -> FrozenIssue:
    issue = make_issue()
    guard(world.engine, Journal(world.project / "var"), 1)
    freeze_audience(world.engine, issue, issue.submit_at, Limits(1000, 30_000_000), 1)
    return issue


@contextmanager
def _process(folder: Path, door: str, told: dict[str, str]) -> Iterator[DoorProcess]:
    with socket.socket() as finder:
        finder.bind(("127.0.0.1", 0))
        port = finder.getsockname()[1]
    command = [sys.executable, "-m", "tests.benchmarks.door_server", str(folder), door, str(port)]
    environment = os.environ | {"KOHO_SECRET_KEYS": "k" * 40} | told
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
    from generator import discovery
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
