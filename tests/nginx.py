"""Debian's nginx over the configuration that is shipped, with only paths and ports changed for a test."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

NGINX = Path(__file__).parents[1] / "deploy" / "nginx"
DOORS = {"newsletters": 8101, "companies": 8102, "registrations": 8103, "events": 8104, "inquiries": 8105}


@dataclass(frozen=True)
class Front:
    """Where nginx keeps what it writes, and the ports that stand for 80 and 443."""

    folder: Path
    http: int
    https: int

    def log(self) -> str:
        """Return everything that nginx wrote down."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))


def programs() -> tuple[str, str]:
    """Return nginx and openssl; where one is missing the test skips, loudly."""
    found = shutil.which("nginx") or shutil.which("/usr/sbin/nginx"), shutil.which("openssl")
    if found[0] is None or found[1] is None:
        pytest.skip(
            "*** nginx か openssl がありません。前に立つサーバーの試験を飛ばします（apt-get install nginx-light openssl）***"
        )
    return found[0], found[1]


def free_ports(count: int) -> list[int]:
    """Find ports that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def make_certificate(folder: Path) -> None:
    """Write ``privkey.pem`` and ``fullchain.pem``, signed by themselves for a day."""
    _, openssl = programs()
    make = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=example.jp"]
    keys = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([*make, *keys], check=True, capture_output=True)


def write_configuration(front: Front, site: Path, ports: Mapping[str, int]) -> Path:
    """Write the shipped configuration with this test's paths and ports, and a certificate of its own."""
    make_certificate(front.folder)
    (front.folder / "proxy.conf").write_text(_moved((NGINX / "koho-proxy.conf").read_text("utf-8"), front))
    text = _moved((NGINX / "koho.conf").read_text("utf-8"), front).replace("/opt/koho/build/site", str(site))
    text = re.sub(r" *listen \[::\].*\n", "", text)
    text = text.replace("listen 80;", f"listen 127.0.0.1:{front.http};")
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{front.https} ssl")
    for door, usual in DOORS.items():
        text = text.replace(f"127.0.0.1:{usual};", f"127.0.0.1:{ports.get(door, usual)};")
    main = front.folder / "nginx.conf"
    temporary = "".join(
        f"{name}_temp_path {front.folder}/{name}; "
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    main.write_text(
        f"{user} daemon off; pid {front.folder}/nginx.pid; error_log {front.folder}/main.log; events {{}}\n"
        f"http {{ include /etc/nginx/mime.types; {temporary}\n{text}\n}}",
        encoding="utf-8",
    )
    return main


@contextmanager
def running_nginx(
    folder: Path, site: Path, ports: Mapping[str, int], front_ports: list[int]
) -> Iterator[Front]:
    """Run nginx in front of a site and its doors until the block ends."""
    nginx, _ = programs()
    front = Front(folder, *front_ports)
    command = [nginx, "-c", str(write_configuration(front, site, ports)), "-e", str(folder / "main.log")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(front.https, process)
            yield front
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "nginx did not start"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("nginx does not answer")


def _moved(text: str, front: Front) -> str:
    return (
        text.replace("/etc/koho/tls/", f"{front.folder}/")
        .replace("/etc/nginx/koho-proxy.conf", f"{front.folder}/proxy.conf")
        .replace("/var/log/nginx/", f"{front.folder}/")
    )
