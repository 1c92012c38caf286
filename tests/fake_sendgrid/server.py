"""The fake's own process: ``python -m tests.fake_sendgrid.server LOG`` prints its port and serves until it is killed.

``/v3/…`` is what SendGrid documents; ``/_control``, ``/_facts``, ``/_judge``, ``/_emit`` and ``/_key`` are for tests.
"""

from __future__ import annotations

import contextlib
import gc
import random
import secrets
import socket
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson

from tests.fake_sendgrid.events import Teller, make_events
from tests.fake_sendgrid.rules import broken_promise, broken_rule
from tests.fake_sendgrid.shape import Shapes

MAX_OCTETS = 30_000_000
MAX_CANCELLED = 10


class State:
    """Everything the fake knows; ``log`` has one line for each accepted request or cancelled batch, before the answer."""

    def __init__(self, log: Path) -> None:
        self.lock = threading.Lock()
        self.log = log.open("ab")
        self.random = random.Random(1)
        self.teller = Teller()
        self.shapes = Shapes()
        self.reset()

    def reset(self) -> None:
        self.generation = (
            getattr(self, "generation", 0) + 1
        )  # answers that come later belong to an earlier test
        self.log.truncate(0)
        self.accepted: list[dict[str, Any]] = []
        self.by_chunk: dict[str, str] = {}
        self.batches: set[str] = set()
        self.cancelled: set[str] = set()
        self.faults: list[dict[str, Any]] = []
        self.promises: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.bodies: list[dict[str, Any]] = []
        self.keep = False
        self.requests = 0
        self.largest = 0
        self.clock_offset = 0.0
        self.blocked_until = 0.0
        self.scopes: dict[str, list[str]] = {}
        self.early = 0
        self.pace = 0.0

    def now(self) -> float:
        return time.time() + self.clock_offset

    def fault(self, place: str) -> dict[str, Any]:
        """Return the fault that strikes this request at ``place``, or an empty one."""
        for fault in self.faults:
            if fault.get("place", "send") != place or fault.get("times", 1 << 60) <= 0:
                continue
            if fault.get("skip", 0) > 0:
                fault["skip"] -= 1
                continue
            if self.random.random() < fault.get("rate", 1.0):
                fault["times"] = fault.get("times", 1 << 60) - 1
                return fault
        return {}

    def accept(self, body: dict[str, Any]) -> str:
        message_id = secrets.token_urlsafe(16)
        people = [
            (p["custom_args"]["delivery_id"], p["custom_args"]["number"], p["to"][0]["email"])
            for p in body["personalizations"]
        ]
        marks = body["personalizations"][0]["custom_args"]
        entry = {
            "id": message_id,
            "batch": body.get("batch_id", ""),
            "send_at": body.get("send_at", 0),
            "issue": marks.get("issue", ""),
            "chunk": marks.get("chunk", ""),
            "people": people,
        }
        self.write(entry)
        self.accepted.append(entry)
        self.by_chunk[entry["chunk"]] = message_id
        return message_id

    def write(self, entry: dict[str, Any]) -> None:
        self.log.write(orjson.dumps(entry) + b"\n")
        self.log.flush()

    def facts(self) -> dict[str, Any]:
        """Return what was asked and answered."""
        return {
            "accepted_requests": len(self.accepted),
            "requests": self.requests,
            "answers": dict(self.answers),
            "broken_promises": dict(self.promises),
            "largest": self.largest,
            "early": self.early,
            "cancelled": len(self.cancelled),
        }

    def judge(self) -> dict[str, Any]:
        """Count the mails that would have left, for each delivery id."""
        counted: Counter[str] = Counter()
        for entry in self.accepted:
            if not entry["batch"] or entry["batch"] not in self.cancelled:
                counted.update(person[0] for person in entry["people"])
        twice = [key for key, number in counted.items() if number > 1]
        return {
            "mails": counted.total(),
            "people": len(counted),
            "duplicated": sum(counted[key] - 1 for key in twice),
            **self.facts(),
        }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: State
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_args: object) -> None:
        """Say nothing."""

    def date_time_string(self, _timestamp: float | None = None) -> str:
        return super().date_time_string(self.state.now())

    def do_GET(self) -> None:
        state, path = self.state, self.path.partition("?")[0]
        with state.lock:
            if path == "/_bodies":
                return self._answer(200, state.bodies)
            if path == "/_key":
                return self._answer(200, {"key": state.teller.public_key()})
            if path == "/_facts":
                return self._answer(200, state.facts())
            if path == "/_judge":
                return self._answer(200, state.judge())
            if path == "/v3/scopes":
                return self._scopes()
            if path.startswith("/v3/user/scheduled_sends/"):
                batch = path.rpartition("/")[2]
                rows = [{"batch_id": batch, "status": "cancel"}] if batch in state.cancelled else []
                return self._answer(200, rows)
        return self._answer(404, {})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        raw = self.rfile.read(length)
        if len(raw) < length:
            self.close_connection = True
            return None
        match self.path.partition("?")[0]:
            case "/v3/mail/send":
                return self._send(raw)
            case "/v3/mail/batch":
                return self._batch()
            case "/v3/user/scheduled_sends":
                return self._cancel(orjson.loads(raw))
            case "/v3/logs":
                return self._logs(orjson.loads(raw))
            case "/_control":
                return self._control(orjson.loads(raw))
            case "/_emit":
                return self._emit(orjson.loads(raw))
        return self._answer(404, {})

    def _control(self, command: dict[str, Any]) -> None:
        state = self.state
        with state.lock:
            if command.get("reset"):
                state.reset()
            state.clock_offset += command.get("advance", 0)
            for name in ("faults", "clock_offset", "pace", "keep", "scopes"):
                if name in command:
                    setattr(state, name, command[name])
            if "seed" in command:
                state.random = random.Random(command["seed"])
        self._answer(200, {})

    def _emit(self, command: dict[str, Any]) -> None:
        with self.state.lock:
            entries = [e for e in self.state.accepted if e["batch"] not in self.state.cancelled]
            now = int(self.state.now())
        rows = make_events(entries, command, now)
        self._answer(200, self.state.teller.tell(command["hook"], rows, command, now))

    def _batch(self) -> None:
        with self.state.lock:
            batch = secrets.token_urlsafe(20)
            self.state.batches.add(batch)
        self._answer(201, {"batch_id": batch})

    def _cancel(self, body: dict[str, Any]) -> None:
        state, batch = self.state, body.get("batch_id", "")
        with state.lock:
            fault = state.fault("cancel")
            soonest = min((e["send_at"] for e in state.accepted if e["batch"] == batch), default=1 << 60)
            refused = (
                (fault and not fault.get("kind", "").startswith("drop"))
                or batch not in state.batches
                or soonest - state.now() < 600
                or (batch not in state.cancelled and len(state.cancelled) >= MAX_CANCELLED)
            )
            if not refused and fault.get("kind") != "drop-before":
                state.write({"cancelled": batch})
                state.cancelled.add(batch)
        if fault.get("kind", "").startswith("drop"):
            return self.drop(fault)
        return self._answer(
            400 if refused else 201, {"errors": [{"message": "refused"}]} if refused else body
        )

    def _scopes(self) -> None:
        """Tell what the key of this request may do; a key that the fake does not know may do nothing."""
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        scopes = self.state.scopes.get(key)
        if scopes is None:
            return self._answer(401, {"errors": [{"field": None, "message": "authorization required"}]})
        return self._answer(200, {"scopes": scopes})

    def _logs(self, body: dict[str, Any]) -> None:
        query = str(body.get("query", ""))
        with self.state.lock:
            fault = self.state.fault("logs")
            wanted = query.partition("%")[2].rpartition("%")[0]
            found = [{"id": self.state.by_chunk[wanted]}] if wanted in self.state.by_chunk else []
        self._answer(500, {}) if fault else self._answer(200, {"messages": found})

    def _send(self, raw: bytes) -> None:
        state = self.state
        with state.lock:
            state.requests += 1
            self.generation = state.generation
            state.largest = max(state.largest, len(raw))
            state.early += state.now() < state.blocked_until
            fault = state.fault("send")
        kind = fault.get("kind", "")
        if state.pace:
            time.sleep(state.pace)
        if len(raw) > MAX_OCTETS:
            return self._answer(413, {"errors": [{"message": "too large"}]})
        if kind in _BEFORE:
            return _BEFORE[kind](self, fault)
        body = orjson.loads(raw)
        with state.lock:
            broken = broken_rule(body, state.now(), state.batches)
            if broken is None:
                if promise := broken_promise(body) or state.shapes.problem(body):
                    state.promises[promise] += 1
                message_id = state.accept(body)
                state.bodies += [body] if state.keep else []
        if broken is not None:
            named = {} if kind == "nameless" else {"field": broken[0]}
            return self._answer(400, {"errors": [{**named, "message": broken[1]}]})
        if kind in _AFTER:
            return _AFTER[kind](self, fault)
        return self._answer(202, b"", {"X-Message-Id": message_id})

    def _answer(self, code: int, body: object, headers: dict[str, str] | None = None) -> None:
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        with self.state.lock if not self.state.lock.locked() else contextlib.nullcontext():
            if self.path.startswith("/v3/mail/send") and self.generation == self.state.generation:
                self.state.answers[str(code)] += 1
        with contextlib.suppress(OSError):
            self.send_response(code)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            self.wfile.flush()

    def drop(self, _fault: dict[str, Any]) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def status(self, fault: dict[str, Any]) -> None:
        self._answer(fault["code"], fault.get("body", {"errors": [{"message": "fault"}]}))

    def throttle(self, fault: dict[str, Any]) -> None:
        seconds = fault.get("seconds", 1)
        headers = {}
        if seconds is not None:
            with self.state.lock:
                reset = self.state.now() + seconds
                self.state.blocked_until = max(self.state.blocked_until, int(reset))
            headers = {"X-RateLimit-Reset": str(int(reset)), "X-RateLimit-Remaining": "0"}
        self._answer(429, {"errors": [{"message": "too many requests"}]}, headers)

    def slow(self, fault: dict[str, Any]) -> None:
        time.sleep(fault.get("seconds", 3))
        self._answer(202, b"", {"X-Message-Id": "late"})

    def drip(self, fault: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            for byte in b"HTTP/1.1 202 Accepted\r\nX-Slow: " + b"x" * 1000:
                self.connection.sendall(bytes([byte]))
                time.sleep(fault.get("seconds", 0.2))

    def endless(self, fault: dict[str, Any]) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            head = f"HTTP/1.1 {fault.get('code', 500)} x\r\nContent-Length: 100000000000\r\n\r\n"
            self.connection.sendall(head.encode())
            for _ in range(2000):
                self.connection.sendall(b"x" * 65536)

    def limit(self, fault: dict[str, Any]) -> None:
        """Accept, and say that this was the last request until the reset."""
        with self.state.lock:
            reset = int(self.state.now() + fault.get("seconds", 1))
            self.state.blocked_until = max(self.state.blocked_until, reset)
        headers = {"X-RateLimit-Reset": str(reset), "X-RateLimit-Remaining": "0"}
        self._answer(202, b"", {"X-Message-Id": "last", **headers})

    def hang_up(self, _fault: dict[str, Any]) -> None:
        """Accept and answer, but keep the connection no longer."""
        self.close_connection = True
        self._answer(202, b"", {"X-Message-Id": "bye", "Connection": "close"})

    def no_id(self, fault: dict[str, Any]) -> None:
        self._answer(fault.get("code", 202), b"")


_BEFORE = {
    "drop-before": Handler.drop,
    "status-before": Handler.status,
    "throttle": Handler.throttle,
    "endless-before": Handler.endless,
}
_AFTER = {
    "drop-after": Handler.drop,
    "status-after": Handler.status,
    "slow": Handler.slow,
    "drip": Handler.drip,
    "endless-after": Handler.endless,
    "no-id": Handler.no_id,
    "limit": Handler.limit,
    "hang-up": Handler.hang_up,
}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_args: object) -> None:
        """A client that was killed is what this is for."""


def main() -> None:
    Handler.state = State(Path(sys.argv[1]))
    server = Server(("127.0.0.1", 0), Handler)
    gc.disable()  # all it keeps is meant to be kept
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
