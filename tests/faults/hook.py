"""The webhook as a real server: this process keeps the socket, and forks a server for each command on its input."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from generator import failpoints
from generator.settings import Settings
from newsletters.delivery.webhook import make_events_app
from tests.faults.world import ROOT, World


class Hook:
    """Starts and kills servers at one address; what comes while none runs waits for the next."""

    def __init__(self, world: World, key: str) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.faults.hook",
            str(world.project),
            world.settings.audience_url or "-",
            key,
        ]
        environment = {"PATH": "/usr/bin:/bin", "KOHO_FAILPOINT": "nowhere", "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.port = int(self._say(""))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sendgrid"

    def start(self, failpoint: str = "nowhere") -> int:
        """Fork a server that dies at a failpoint; return its process id."""
        return int(self._say(f"start {failpoint}\n"))

    def wait(self) -> int:
        """Wait for the server's end; return its exit code, negative for a signal."""
        return int(self._say("wait\n"))

    def stop(self) -> int:
        """Kill the server; return its peak resident memory in kibibytes."""
        return int(self._say("stop\n"))

    def _say(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()
        return self._process.stdout.readline()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()


@contextmanager
def hook(world: World, key: str) -> Iterator[Hook]:
    """Keep the address while the block lasts."""
    made = Hook(world, key)
    try:
        yield made
    finally:
        made.close()


def main() -> None:
    project, url, key = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    settings = Settings(project=project, audience_url="" if url == "-" else url, sendgrid_webhook_key=key)
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listening.getsockname()[1], flush=True)
    child = 0
    for line in sys.stdin:
        words = line.split()
        if words[0] == "start":
            child = os.fork()
            if child == 0:
                _serve(settings, listening, words[1])
            print(child, flush=True)
        elif words[0] == "wait":
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        else:
            os.kill(child, signal.SIGKILL)
            print(os.wait4(child, 0)[2].ru_maxrss, flush=True)


def _serve(settings: Settings, listening: socket.socket, failpoint: str) -> None:
    try:
        failpoints.reach.__init__(failpoint)  # type: ignore[misc]
        config = uvicorn.Config(make_events_app(settings), log_level="error", lifespan="off")
        uvicorn.Server(config).run(sockets=[listening])
    except BaseException:  # noqa: BLE001  # a server's end must never run this process's loop
        traceback.print_exc()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
