"""A door as the service manager runs it: health, readiness, numbers, a log of ids alone, and a graceful stop."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest

from generator.storage import migrations
from newsletters.tables import schema
from tests.builders import make_settings
from tests.newsletters.test_web import NEWSLETTERS
from tests.nginx import free_ports

pytestmark = pytest.mark.journey

ROOT = Path(__file__).parents[2]
KOHO = Path(sys.executable).with_name("koho")
FORM = "/mail/subscribe"


@dataclass
class Running:
    """A door process, where it answers, and its project."""

    process: subprocess.Popen[str]
    port: int
    project: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> str:
        """Ask it to stop, as systemd does; return what it wrote."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=30)[1]


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Running]:
    shutil.copytree(ROOT / "templates/forms", tmp_path / "templates/forms")
    (tmp_path / "content").mkdir()
    (tmp_path / "content/newsletters.yml").write_text(NEWSLETTERS, encoding="utf-8")
    (port,) = free_ports(1)
    told = {"KOHO_SECRET_KEYS": "k" * 40, "KOHO_SITE_URL": f"http://127.0.0.1:{port}/"}
    command = [str(KOHO), "door", "newsletters", "--project", str(tmp_path), "--port", str(port)]
    with subprocess.Popen(command, env=os.environ | told, stderr=subprocess.PIPE, text=True) as process:
        running = Running(process, port, tmp_path)
        try:
            wait_until_alive(running)
            yield running
        finally:
            process.kill()


def wait_until_alive(door: Running) -> None:
    for _ in range(300):
        assert door.process.poll() is None
        with suppress(httpx2.TransportError):
            if httpx2.get(f"{door.url}/healthz").text == "alive\n":
                return
        time.sleep(0.1)
    raise AssertionError("the door does not come alive")


def form_of(door: Running, address: str) -> dict[str, str]:
    found = re.search(r'name="form" value="([^"]+)"', httpx2.get(door.url + FORM).text)
    assert found
    return {"form": found[1], "address": address, "newsletter": "magazine", "agree": "yes"}


def test_a_door_lives_gets_ready_counts_and_logs_no_person(door: Running) -> None:
    assert httpx2.get(f"{door.url}/readyz").status_code == 503
    migrations.upgrade(schema, make_settings(door.project))
    assert httpx2.get(f"{door.url}/readyz").text == "ready\n"
    assert httpx2.post(door.url + FORM, data=form_of(door, "taro@example.jp")).status_code == 200
    assert httpx2.post(f"{door.url}/mail/confirm?t=taro@example.jp").status_code == 400
    numbers = httpx2.get(f"{door.url}/metrics").text
    assert 'koho_answers_total{door="newsletters",status="200"} 2' in numbers
    assert 'koho_answers_total{door="newsletters",status="400"} 1' in numbers
    written = door.stop()
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    assert [(line["handler"], line["method"], line["status"]) for line in lines] == [
        ("subscribe", "POST", 200),
        ("confirm", "POST", 400),
    ]
    assert "@" not in written
    assert "t=" not in written


def test_what_was_begun_is_finished_when_the_door_stops(door: Running) -> None:
    migrations.upgrade(schema, make_settings(door.project))
    body = urlencode(form_of(door, "slow@example.jp")).encode()
    head = f"POST {FORM} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    with socket.create_connection(("127.0.0.1", door.port)) as slow:
        slow.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:20])
        time.sleep(0.3)
        door.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", door.port), 1):
            pass  # nobody new is let in
        slow.sendall(body[20:])
        assert slow.recv(100).startswith(b"HTTP/1.1 200")
    assert door.process.wait(30) in (0, -signal.SIGTERM)
    assert len(list((door.project / "build/outbox").rglob("*.eml"))) == 1  # the mail, too


def test_a_name_that_is_no_door_is_told_with_those_there_are() -> None:
    done = subprocess.run([str(KOHO), "door", "nothing"], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "newsletters-events" in done.stderr
