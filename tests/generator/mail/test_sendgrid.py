"""The SendGrid mailer against the fake in its own process: shape, rules, and which side of the line a failure is on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from generator.mail.mailer import Cancelling, Mailer, OutcomeKind, Shipment, Stager, Witness
from generator.mail.message import Letter, Recipient, Sender
from generator.mail.sendgrid import SendGridMailer, request_body
from tests.fake_sendgrid.client import Fake, running_fake
from tests.fake_sendgrid.shape import OPENAPI, Shapes, published_schema

LETTER = Letter(
    Sender("mag@example.jp", "広報"), "第1回", "本文 %%u%%", "<p>本文</p>", datetime(2023, 11, 22, tzinfo=UTC)
)


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fake]:
    with running_fake(tmp_path_factory.mktemp("fake")) as running:
        yield running


@pytest.fixture
def mailer(fake: Fake) -> Iterator[SendGridMailer]:
    fake.control(reset=True, faults=[])
    made = SendGridMailer("SG.x", host=fake.url, timeout_seconds=1)
    yield made
    made.close()


def shipment(number: int = 3, **change: Any) -> Shipment:
    people = tuple(
        Recipient(f"d{n}", f"p{n}@example.com", {"%%u%%": f"https://e.jp/{n}"}, f"https://e.jp/{n}", n)
        for n in range(number)
    )
    return Shipment(LETTER, people, {"issue": "m/2023-11-22", "chunk": "1-1"}, **change)


def test_it_is_a_mailer_that_can_stage_and_be_asked(mailer: SendGridMailer) -> None:
    assert isinstance(mailer, Mailer)
    assert isinstance(mailer, Stager)
    assert isinstance(mailer, Witness)


def test_each_person_has_their_own_personalization_and_no_promise_is_broken(
    mailer: SendGridMailer, fake: Fake
) -> None:
    assert mailer.submit(shipment(1000)).kind is OutcomeKind.ACCEPTED
    judged = fake.judge()
    assert (judged["people"], judged["mails"], judged["broken_promises"]) == (1000, 1000, {})


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "drop-before"}, OutcomeKind.UNKNOWN),
        ({"kind": "drop-after"}, OutcomeKind.UNKNOWN),
        ({"kind": "slow", "seconds": 2}, OutcomeKind.UNKNOWN),
        ({"kind": "drip", "seconds": 0.3}, OutcomeKind.UNKNOWN),
        ({"kind": "status-after", "code": 500}, OutcomeKind.UNKNOWN),
        ({"kind": "status-before", "code": 503}, OutcomeKind.UNKNOWN),
        ({"kind": "endless-before", "code": 400}, OutcomeKind.REJECTED),
        ({"kind": "status-before", "code": 401}, OutcomeKind.UNAUTHORIZED),
        ({"kind": "status-before", "code": 403}, OutcomeKind.UNAUTHORIZED),
        ({"kind": "status-before", "code": 404}, OutcomeKind.UNFIT),
        ({"kind": "status-before", "code": 413}, OutcomeKind.TOO_LARGE),
        ({"kind": "throttle", "seconds": 3}, OutcomeKind.THROTTLED),
        ({"kind": "no-id", "code": 202}, OutcomeKind.ACCEPTED),
        ({"kind": "no-id", "code": 200}, OutcomeKind.ALARM),
    ],
)
def test_every_failure_is_on_its_side_of_the_line(
    fault: dict[str, Any], kind: OutcomeKind, mailer: SendGridMailer, fake: Fake
) -> None:
    fake.control(faults=[{**fault, "times": 1}])
    outcome = mailer.submit(shipment())
    assert outcome.kind is kind
    assert (outcome.wait_seconds > 0) is (kind is OutcomeKind.THROTTLED)
    assert mailer.submit(shipment()).kind is OutcomeKind.ACCEPTED


@pytest.mark.parametrize(
    ("body", "kind", "places"),
    [
        ({"errors": [{"field": "personalizations.3.to.0.email"}]}, OutcomeKind.REJECTED, (3,)),
        (
            {"errors": [{"field": f"personalizations.{n}.to"} for n in (7, 2, 7)]},
            OutcomeKind.REJECTED,
            (2, 7),
        ),
        ({"errors": [{"field": "personalizations"}]}, OutcomeKind.REJECTED, ()),
        ({"errors": [{"field": None, "message": "p1@example.com"}]}, OutcomeKind.REJECTED, ()),
        ({"errors": [{"field": "p1@example.com"}]}, OutcomeKind.REJECTED, ()),
        ({"errors": ["?"]}, OutcomeKind.REJECTED, ()),
        ([], OutcomeKind.REJECTED, ()),
        ({"errors": [{"field": "from.email"}]}, OutcomeKind.UNFIT, ()),
        (
            {"errors": [{"field": "personalizations.1.to"}, {"field": "batch_id"}]},
            OutcomeKind.UNFIT,
            (),
        ),
    ],
)
def test_a_rejection_says_whose_fault_it_is_and_repeats_nothing(
    body: Any, kind: OutcomeKind, places: tuple[int, ...], mailer: SendGridMailer, fake: Fake
) -> None:
    fake.control(faults=[{"kind": "status-before", "code": 400, "body": body, "times": 1}])
    outcome = mailer.submit(shipment())
    assert (outcome.kind, outcome.places) == (kind, places)
    assert "@" not in outcome.reason


def test_nobody_there_is_not_sent() -> None:
    outcome = SendGridMailer("SG.x", host="http://127.0.0.1:9", timeout_seconds=1).submit(shipment())
    assert outcome.kind is OutcomeKind.NOT_SENT


@pytest.mark.parametrize(
    ("change", "kind", "where"),
    [
        ({"letter": replace(LETTER, subject="")}, OutcomeKind.UNFIT, "content"),
        ({"send_at": int(time.time()) + 80 * 3600}, OutcomeKind.UNFIT, "send_at"),
        ({"batch_id": "never-made"}, OutcomeKind.UNFIT, "batch_id"),
        (
            {"recipients": (Recipient("d", "poison@example.com", {}, "https://e.jp/1", 1),)},
            OutcomeKind.REJECTED,
            "personalizations.0.to.0.email",
        ),
    ],
)
def test_a_refusal_says_whether_one_person_or_the_whole_letter_is_the_reason(
    change: dict[str, Any], kind: OutcomeKind, where: str, mailer: SendGridMailer
) -> None:
    outcome = mailer.submit(replace(shipment(), **change))
    assert (outcome.kind, outcome.reason) == (kind, f"HTTP 400 {where}")


def test_a_batch_is_cancelled_only_when_that_can_be_read_back(mailer: SendGridMailer, fake: Fake) -> None:
    batch, soon = mailer.new_batch(), int(time.time()) + 1800
    assert mailer.submit(shipment(send_at=soon, batch_id=batch)).kind is OutcomeKind.ACCEPTED
    assert mailer.has_seen("1-1")
    assert not mailer.has_seen("2-1")
    assert mailer.cancel(batch) is Cancelling.DONE
    assert fake.judge()["mails"] == 0
    assert mailer.cancel("never-made") is Cancelling.REFUSED
    late = mailer.new_batch()
    mailer.submit(shipment(send_at=int(time.time()) + 300, batch_id=late))
    assert mailer.cancel(late) is Cancelling.REFUSED


@pytest.mark.parametrize("hours", [71.9, 73])
def test_a_moment_too_far_ahead_is_refused_by_the_provider(
    hours: float, mailer: SendGridMailer, fake: Fake
) -> None:
    outcome = mailer.submit(shipment(send_at=int(time.time() + hours * 3600)))
    assert (outcome.kind is OutcomeKind.ACCEPTED) is (hours < 72)


@pytest.mark.shared
def test_a_request_has_the_published_shape() -> None:
    if not OPENAPI.exists():
        pytest.skip("公開データ ../shared がありません")
    body = orjson.loads(request_body(shipment(send_at=1_700_000_000, batch_id="b")))
    assert Shapes().problem(body) == ""
    assert [error.message for error in Draft202012Validator(published_schema()).iter_errors(body)] == []
    del body["personalizations"][1]["headers"]
    assert "different forms" in Shapes().problem(body)
    body["personalizations"] = body["personalizations"][:1]
    body["personalizations"][0]["to"][0]["email"] = 7
    assert Shapes().problem(body).startswith("shape: ")
