"""What the provider tells afterwards: events of accepted mail, signed, repeated, out of order, without ids."""

from __future__ import annotations

import base64
import http.client
import random
import secrets
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import orjson
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOUR = 3600
TRIED_FOR_HOURS = 29


class Teller:
    """Signs with a key of its own and posts to a webhook."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    def public_key(self) -> str:
        """The key as the provider's settings page shows it."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return base64.b64encode(
            self._key.public_key().public_bytes(serialization.Encoding.DER, form)
        ).decode()

    def signed(self, body: bytes, timestamp: int) -> dict[str, str]:
        """Return the headers of one post."""
        signature = self._key.sign(str(timestamp).encode() + body, ec.ECDSA(hashes.SHA256()))
        return {
            "Content-Type": "application/json",
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": str(timestamp),
        }

    def tell(
        self, hook: str, rows: list[dict[str, Any]], command: dict[str, Any], now: int
    ) -> dict[str, Any]:
        """Post events in bodies of ``size``; return the number of posts, of events and of each status."""
        choice, place = random.Random(command.get("seed", 1)), urlsplit(hook)
        connection = http.client.HTTPConnection(place.netloc, timeout=60)
        statuses: Counter[str] = Counter()
        for start in range(0, len(rows), command.get("size", 500)):
            body = orjson.dumps(rows[start : start + command.get("size", 500)]) + b"\r\n"
            at = now - choice.randrange(TRIED_FOR_HOURS * HOUR) if command.get("late") else now
            connection.request("POST", place.path, body, self.signed(body, at))
            answer = connection.getresponse()
            answer.read()
            statuses[str(answer.status)] += 1
        connection.close()
        return {"posts": statuses.total(), "events": len(rows), "statuses": dict(statuses)}


def make_events(entries: list[dict[str, Any]], command: dict[str, Any], now: int) -> list[dict[str, Any]]:
    """Return the events of accepted entries: each of ``kinds`` for each person, ``copies`` times, shuffled."""
    choice = random.Random(command.get("seed", 1))
    rows = [
        {
            **row,
            **(
                {}
                if choice.random() < command.get("without_ids", 0)
                else {"sg_event_id": secrets.token_hex(8)}
            ),
        }
        for row in _once(entries, command.get("kinds", ["processed", "delivered"]), now)
        for _ in range(command.get("copies", 1))
    ]
    if command.get("shuffle"):
        choice.shuffle(rows)
    return rows[: command.get("most", 1 << 60)]


def _once(entries: list[dict[str, Any]], kinds: list[str], now: int) -> Iterator[dict[str, Any]]:
    for entry in entries:
        for delivery_id, number, address in entry["people"]:
            for position, kind in enumerate(kinds):
                yield {
                    "email": address,
                    "event": kind,
                    "timestamp": now + position,
                    "issue": entry["issue"],
                    "chunk": entry["chunk"],
                    "number": number,
                    "delivery_id": delivery_id,
                    "sg_message_id": f"{entry['id']}.filter",
                }
