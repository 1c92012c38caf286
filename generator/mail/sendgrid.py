"""Sends through Twilio SendGrid's v3 API; the only module that knows the ``sendgrid`` package.

The package builds addresses and headers of a request; our own transport carries it, because what matters here is to
know, after anything that can go wrong, whether the request may have left: the package's own has no time limit for the
whole answer, no size limit, and one error for both sides of that line.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
import python_http_client
import sendgrid

from generator.errors import DataError, RefusedError, ServiceError
from generator.mail.exchange import Exchange, NotSentError, Reply, UnansweredError
from generator.mail.mailer import Cancelling, Limits, Outcome, OutcomeKind, Shipment
from generator.mail.message import Sender, unsubscribe_headers

MAX_RECIPIENTS = 1000
MAX_OCTETS = 30_000_000
TIMEOUT_SECONDS = 45.0
_FIELD = re.compile(r"[A-Za-z0-9_.\[\]]+")
_PLACE = re.compile(r"personalizations[.\[](\d{1,4})\b")
_OFF = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
}


class _Payload(bytes):
    """A body as the package takes it; the package formats every body for its log, which must show nobody's address."""

    def encode(self, _encoding: str) -> _Payload:
        return self

    def __format__(self, _spec: str) -> str:
        return f"{len(self)} octets"


class _Client(python_http_client.Client):  # type: ignore[misc]  # the package has no types
    """The package's client over our exchange: bodies are bytes already, every answer comes back as a value."""

    exchange: Exchange

    def _build_client(self, name: str | None = None) -> _Client:
        client = _Client(
            host=self.host,
            version=self._version,
            request_headers=self.request_headers,
            url_path=[*self._url_path, name] if name else self._url_path,
            timeout=self.timeout,
        )
        client.exchange = self.exchange
        return client

    def _make_request(self, opener: Any, request: Any, timeout: float | None = None) -> Reply:
        return self.exchange.send(
            request.get_method(),
            request.get_full_url(),
            dict(request.header_items()),
            request.data or b"",
            timeout_seconds=timeout or self.timeout,
        )


class SendGridMailer:
    """One request for up to 1,000 people; accepted, refused or unknown, and never tried again in here."""

    name = "sendgrid"
    limits = Limits(MAX_RECIPIENTS, MAX_OCTETS)
    repeatable = False

    def __init__(
        self,
        api_key: str,
        *,
        host: str = "https://api.sendgrid.com",
        timeout_seconds: float = TIMEOUT_SECONDS,
        sandbox: bool = False,
    ) -> None:
        api = sendgrid.SendGridAPIClient(api_key, host=host.rstrip("/"))
        headers = api.client.request_headers | {"Content-Type": "application/json; charset=utf-8"}
        self._client = _Client(host=api.host, request_headers=headers, version=3, timeout=timeout_seconds)
        self._client.exchange = Exchange()
        self._sandbox = sandbox

    def submit(self, shipment: Shipment) -> Outcome:
        """Post one shipment to ``/v3/mail/send``."""
        body = request_body(shipment, sandbox=self._sandbox)
        if len(body) > MAX_OCTETS:
            return Outcome(OutcomeKind.TOO_LARGE, f"{len(body)} bytes")
        try:
            answer = self._client.mail.send.post(request_body=_Payload(body))
        except NotSentError as error:
            return Outcome(OutcomeKind.NOT_SENT, str(error), wait_seconds=1.0)
        except UnansweredError as error:
            return Outcome(OutcomeKind.UNKNOWN, str(error))
        return self._classify(answer)

    def _classify(self, answer: Any) -> Outcome:
        code, headers = answer.status_code, answer.headers
        match code:
            case 202:
                number = headers.get("x-message-id", "")[:100]
                wait = _wait(headers) if headers.get("x-ratelimit-remaining", "").strip() == "0" else 0.0
                return Outcome(OutcomeKind.ACCEPTED, provider_id=number, wait_seconds=wait)
            case 200 if self._sandbox:
                return Outcome(OutcomeKind.ACCEPTED, "sandbox")
            case 429:
                return Outcome(OutcomeKind.THROTTLED, "HTTP 429", wait_seconds=_wait(headers))
            case 413:
                return Outcome(OutcomeKind.TOO_LARGE, "HTTP 413")
            case 400:
                return _rejection(answer.body)
            case _ if 400 < code < 500:
                kind = OutcomeKind.UNAUTHORIZED if code in {401, 403} else OutcomeKind.UNFIT
                return Outcome(kind, f"HTTP {code}")
            case _ if code >= 500:
                return Outcome(OutcomeKind.UNKNOWN, f"HTTP {code}")
            case _:
                return Outcome(OutcomeKind.ALARM, f"HTTP {code}")

    def new_batch(self) -> str:
        """Ask for a batch id, by which mail of the future can be cancelled."""
        answer = self._ask(lambda: self._client.mail.batch.post(request_body="{}"), "batch")
        if answer.status_code != 201:
            raise ServiceError(f"SendGrid: batch id をもらえませんでした（HTTP {answer.status_code}）")
        return str(json.loads(answer.body)["batch_id"])

    def cancel(self, batch_id: str) -> Cancelling:
        """Cancel a batch and read it back; the provider lists only batches that are cancelled or paused."""
        body = orjson.dumps({"batch_id": batch_id, "status": "cancel"}).decode()
        scheduled = self._client.user.scheduled_sends
        try:
            said = self._ask(lambda: scheduled.post(request_body=body), "cancel").status_code
        except ServiceError:
            said = 0  # it may have been heard all the same
        try:
            answer = self._ask(lambda: self._client.user.scheduled_sends._(batch_id).get(), "cancel")
            rows = json.loads(answer.body) if answer.status_code == 200 else []
        except (ServiceError, ValueError):
            return Cancelling.UNCERTAIN
        mine = [
            row for row in (rows if isinstance(rows, list) else [rows]) if row.get("batch_id") == batch_id
        ]
        if any(row.get("status") == "cancel" for row in mine):
            return Cancelling.DONE
        is_refused = 400 <= said < 500 and answer.status_code in {200, 404} and not mine
        return Cancelling.REFUSED if is_refused else Cancelling.UNCERTAIN

    def has_seen(self, mark: str) -> bool:
        """Ask the log for mail with this category; False when it cannot say."""
        body = orjson.dumps({"query": f"categories LIKE '%{mark}%'", "limit": 1}).decode()
        try:
            answer = self._ask(lambda: self._client.logs.post(request_body=body), "logs")
            return answer.status_code == 200 and bool(json.loads(answer.body).get("messages"))
        except (ServiceError, ValueError):
            return False

    def scopes(self) -> frozenset[str]:
        """Ask what the key may do (``GET /v3/scopes``); ``RefusedError`` when the key itself is refused."""
        answer = self._ask(self._client.scopes.get, "scopes")
        if answer.status_code in {401, 403}:
            raise RefusedError(f"SendGrid がこの鍵を断りました（HTTP {answer.status_code}）")
        try:
            return frozenset(map(str, json.loads(answer.body)["scopes"]))
        except (ValueError, LookupError, TypeError):
            raise ServiceError(f"SendGrid: 鍵の範囲が分かりません（HTTP {answer.status_code}）") from None

    def _ask(self, call: Any, what: str) -> Any:
        try:
            return call()
        except (NotSentError, UnansweredError) as error:
            raise ServiceError(f"SendGrid: {what}: {error}") from None

    def close(self) -> None:
        """Let go of the connection."""
        self._client.exchange.close()


def request_body(shipment: Shipment, *, sandbox: bool = False) -> bytes:
    """Return the JSON of one request: one personalization a person, tracking off, marks without personal data."""
    letter = shipment.letter
    content = [{"type": "text/plain", "value": letter.text}]
    if letter.html:
        content.append({"type": "text/html", "value": letter.html})
    body: dict[str, Any] = {
        "from": _address(letter.sender),
        "subject": letter.subject,
        "content": content,
        "personalizations": [
            {
                "to": [{"email": person.address}],
                "headers": unsubscribe_headers(person),
                "substitutions": dict(person.values),
                "custom_args": {
                    **shipment.marks,
                    "delivery_id": person.delivery_id,
                    "number": str(person.number),
                },
            }
            for person in shipment.recipients
        ],
        "tracking_settings": _OFF,
    }
    if letter.reply_to:
        body["reply_to"] = _address(letter.reply_to)
    if letter.headers:
        body["headers"] = dict(letter.headers)
    if "chunk" in shipment.marks:
        body["categories"] = [shipment.marks["chunk"]]
    if shipment.send_at:
        body["send_at"] = shipment.send_at
    if shipment.batch_id:
        body["batch_id"] = shipment.batch_id
    if sandbox:
        body["mail_settings"] = {"sandbox_mode": {"enable": True}}
    return orjson.dumps(body)


def verify_events(public_key: str, payload: bytes, signature: str, timestamp: str) -> bool:
    """Return whether SendGrid signed these bytes; anything unreadable is a no, not an error.

    ``public_key`` is the Base64 text of the webhook's settings page.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from sendgrid.helpers.eventwebhook import EventWebhook

    try:
        text = payload.decode("utf-8")
        return bool(EventWebhook(public_key).verify_signature(text, signature, timestamp))
    except (ValueError, TypeError, AttributeError, UnsupportedAlgorithm):
        return False


def _address(sender: Sender) -> dict[str, str]:
    return {"email": sender.address, **({"name": sender.name} if sender.name else {})}


def _wait(headers: Any) -> float:
    """Return seconds until the limit's reset: from 1 to 120, whatever the header says, plus a little jitter."""
    jitter = secrets.randbelow(250) / 1000
    for name in ("x-ratelimit-reset", "retry-after"):
        text = str(headers.get(name, ""))
        if text.isdigit():
            number = int(text)
            server_now = _server_time(headers) or time.time()
            return min(120.0, max(1.0, number - server_now if number > 1_000_000_000 else number)) + jitter
    return 5.0 + jitter


def _server_time(headers: Any) -> float | None:
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (TypeError, ValueError):
        return None


def _rejection(body: bytes) -> Outcome:
    """Read where the provider sees the fault (``personalizations.3.to.0.email``), never what it quotes.

    A fault in some people is theirs; one outside of ``personalizations`` is everybody's.
    """
    fields = _fields(body)
    ours = [field for field in fields if not field.startswith("personalizations")]
    reason = " ".join(["HTTP 400", *(ours or fields)[:1]])
    if ours:
        return Outcome(OutcomeKind.UNFIT, reason)
    found = (_PLACE.match(field) for field in fields)
    places = sorted({int(place[1]) for place in found if place})
    return Outcome(OutcomeKind.REJECTED, reason, places=tuple(places))


def _fields(body: bytes) -> list[str]:
    try:
        fields = [str(error.get("field") or "")[:80] for error in json.loads(body)["errors"]]
    except (ValueError, LookupError, TypeError, AttributeError):
        return []
    return [field for field in fields if _FIELD.fullmatch(field)]


def check_key(public_key: str) -> None:
    """Raise ``DataError`` when a webhook key cannot be read."""
    from sendgrid.helpers.eventwebhook import EventWebhook

    try:
        EventWebhook(public_key)
    except (ValueError, TypeError):
        raise DataError(
            "sendgrid_webhook_key: SendGrid の画面にある公開鍵（Base64）を書いてください"
        ) from None
