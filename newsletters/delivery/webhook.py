"""The door for the provider's events: signature over the raw bytes first, stored before the answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from generator.failpoints import reach
from generator.forms.clerks import Clerks
from generator.forms.door import Door
from generator.mail.sendgrid import verify_events
from generator.settings import Settings
from generator.storage.database import open_database, read_one_row
from newsletters.audience.keyring import Keyring, load_keyring
from newsletters.delivery.events import Stored, store_reading
from newsletters.delivery.reading import MAX_OCTETS, read_events
from newsletters.delivery.tables import deliveries
from newsletters.tables import audience_url

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
OLD_SECONDS = 26 * 3600  # the provider tries again for 24 hours
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Receiver:
    """Answers one post; a pure function of its bytes but for the store behind it."""

    public_key: str
    keyring: Keyring
    store: Callable[[bytes], Stored]
    clock: Callable[[], float] = time.time

    def answer(self, body: bytes, signature: str, timestamp: str) -> int:
        """Return the HTTP status: 413 too big, 403 not signed by the provider, 204 stored."""
        if len(body) > MAX_OCTETS:
            return 413
        if not self.public_key or not verify_events(self.public_key, body, signature, timestamp):
            return 403
        reach("event-verified")
        if timestamp.isdigit() and self.clock() - int(timestamp) > OLD_SECONDS:
            log.warning("an event post was signed more than 26 hours ago: was this door closed for long?")
        self.store(body)
        reach("event-committed")
        return 204


def make_events_app(settings: Settings) -> Starlette:
    """Make the ASGI app that takes the provider's posts at ``/sendgrid``."""
    engine = open_database(audience_url(settings))
    clerks = Clerks(engine)
    keyring = load_keyring(settings.project / "var")

    def store(body: bytes) -> Stored:
        return store_reading(engine, keyring, read_events(body), int(time.time()))

    receiver = Receiver(settings.sendgrid_webhook_key, keyring, store)

    async def receive(request: Request) -> Response:
        body = await _capped(request)
        if body is None:
            return Response(status_code=413)
        signature, timestamp = request.headers.get(SIGNATURE, ""), request.headers.get(TIMESTAMP, "")
        return Response(status_code=await clerks.do(receiver.answer, body, signature, timestamp))

    return Starlette(routes=[Route("/sendgrid", receive, methods=["POST"])])


async def _capped(request: Request) -> bytes | None:
    """Read the raw body, or None as soon as it is too big."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_OCTETS:
            return None
        parts.append(part)
    return b"".join(parts)


def check(settings: Settings) -> None:
    """Read one row; raises when the ledger cannot be asked."""
    read_one_row(audience_url(settings), deliveries)


DOOR = Door("newsletters-events", "/hooks", make_events_app, check)
