"""One contract for every mailer, against real servers on this machine."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from generator.errors import RefusedError, ServiceError
from generator.mail.mailer import Mailer, Outcome, OutcomeKind, Shipment, send_one
from generator.mail.memory import MemoryMailer
from generator.mail.message import Letter, Recipient, Sender
from generator.mail.outbox import OutboxMailer
from generator.mail.sendgrid import SendGridMailer
from generator.mail.smtp import SmtpMailer, SmtpServer, parse_smtp_url
from tests.fake_sendgrid.client import Fake, running_fake

TAG = "%%q9:unsub%%"
LETTER = Letter(
    Sender("mag@example.jp", "広報"),
    "第1回",
    f"本文\n.\n{TAG}",
    f"<p>本文</p><a href='{TAG}'>停止</a>",
    datetime(2023, 11, 22, tzinfo=UTC),
)


def person(number: int, address: str = "") -> Recipient:
    url = f"https://e.jp/leave/{number}"
    return Recipient(f"d{number}", address or f"p{number}@example.com", {TAG: url}, url, number)


class Sink:
    """A real SMTP server's handler that keeps what it accepts and can be told to misbehave."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.answers: dict[str, str] = {}
        self.peers: set[object] = set()

    async def handle_MAIL(self, server, session, envelope, address, options):  # type: ignore[no-untyped-def]  # noqa: N802
        if answer := self.answers.get(address):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # type: ignore[no-untyped-def]  # noqa: N802
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # type: ignore[no-untyped-def]  # noqa: N802
        self.kept.append(envelope.content)
        self.peers.add(session.peer)
        return "250 OK queued"


@pytest.fixture
def sink() -> Iterator[tuple[Sink, SmtpServer]]:
    handler = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, SmtpServer("127.0.0.1", port)
    controller.stop()


Case = tuple[Mailer, Callable[[], list[bytes]]]


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fake]:
    with running_fake(tmp_path_factory.mktemp("fake")) as running:
        yield running


def as_sent(fake: Fake) -> list[bytes]:
    """Return the mails that the provider makes of what it was given: tags replaced, headers of each person."""
    mails = []
    for body in fake.ask("GET", "/_bodies"):
        for person in body["personalizations"]:
            text, marks = body["content"][0]["value"], person["custom_args"]
            for tag, value in person["substitutions"].items():
                text = text.replace(tag, value)
            mail = EmailMessage()
            mail["To"], mail["Message-ID"] = person["to"][0]["email"], f"<{marks['delivery_id']}@example.jp>"
            mail["List-Unsubscribe"] = person["headers"]["List-Unsubscribe"]
            mail.set_content(text)
            mails.append(mail.as_bytes())
    return mails


@pytest.fixture(params=["outbox", "memory", "smtp", "sendgrid"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    match request.param:
        case "outbox":
            yield (
                OutboxMailer(tmp_path),
                lambda: [p.read_bytes() for p in sorted(tmp_path.rglob("*.eml"))],
            )
        case "memory":
            memory = MemoryMailer()
            yield memory, memory.messages
        case "smtp":
            handler, server = request.getfixturevalue("sink")
            mailer = SmtpMailer(server, timeout_seconds=5)
            yield mailer, lambda: handler.kept
            mailer.close()
        case "sendgrid":
            fake = request.getfixturevalue("fake")
            fake.control(reset=True, keep=True)
            posting = SendGridMailer("SG.x", host=fake.url, timeout_seconds=5)
            yield posting, lambda: as_sent(fake)
            posting.close()


def submit(mailer: Mailer, people: list[Recipient]) -> list[Outcome]:
    size = mailer.limits.recipients
    return [
        mailer.submit(Shipment(LETTER, tuple(people[i : i + size]), {"issue": "m/2023-11-22"}, "m/1"))
        for i in range(0, len(people), size)
    ]


def test_every_person_gets_one_mail_of_their_own(case: Case) -> None:
    mailer, messages = case
    outcomes = submit(mailer, [person(n) for n in range(1, 8)])
    assert {outcome.kind for outcome in outcomes} == {OutcomeKind.ACCEPTED}
    read = [email.message_from_bytes(raw, policy=email.policy.default) for raw in messages()]
    assert sorted(str(m["To"]) for m in read) == [f"p{n}@example.com" for n in range(1, 8)]
    for message in read:
        number = str(message["To"]).removeprefix("p").partition("@")[0]
        assert message["Message-ID"] == f"<d{number}@example.jp>"
        assert message["List-Unsubscribe"] == f"<https://e.jp/leave/{number}>"
        assert f"https://e.jp/leave/{number}" in message.get_body(("plain",)).get_content()


def test_one_letter_can_be_sent_by_itself(case: Case) -> None:
    mailer, messages = case
    send_one(mailer, LETTER, person(1))
    assert len(messages()) == 1


def test_the_same_mail_twice_is_one_file_in_the_outbox(tmp_path: Path) -> None:
    mailer = OutboxMailer(tmp_path)
    submit(mailer, [person(1)])
    submit(mailer, [person(1)])
    (only,) = tmp_path.rglob("*.*")
    assert only.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("folder", ["../x", "a/../../b", "/etc", "a\0b"])
def test_the_outbox_writes_nowhere_else(tmp_path: Path, folder: str) -> None:
    box = tmp_path / "box"
    OutboxMailer(box).submit(Shipment(LETTER, (person(1),), folder=folder))
    outside = [p for p in tmp_path.rglob("*.eml") if box not in p.parents]
    assert outside == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("550 no such user", OutcomeKind.REJECTED),
        ("553 bad", OutcomeKind.REJECTED),
        ("452 full", OutcomeKind.NOT_SENT),
        ("421 closing", OutcomeKind.THROTTLED),
    ],
)
def test_an_smtp_refusal_is_certain_and_the_next_mail_goes_on(
    sink: tuple[Sink, SmtpServer], answer: str, kind: OutcomeKind
) -> None:
    handler, server = sink
    handler.answers["p1@example.com"] = answer
    mailer = SmtpMailer(server, timeout_seconds=5)
    assert [o.kind for o in submit(mailer, [person(1), person(2)])] == [kind, OutcomeKind.ACCEPTED]
    mailer.close()
    assert len(handler.kept) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("550 no such sender", OutcomeKind.UNFIT), ("451 greylisted", OutcomeKind.NOT_SENT)],
)
def test_a_sender_that_the_server_does_not_take_is_nobodys_fault(
    sink: tuple[Sink, SmtpServer], answer: str, kind: OutcomeKind
) -> None:
    handler, server = sink
    handler.answers["mag@example.jp"] = answer
    mailer = SmtpMailer(server, timeout_seconds=5)
    assert submit(mailer, [person(1)])[0].kind is kind
    mailer.close()


def test_no_password_goes_over_an_open_line(sink: tuple[Sink, SmtpServer]) -> None:
    handler, server = sink
    mailer = SmtpMailer(SmtpServer(server.host, server.port, "koho"), "secret", timeout_seconds=5)
    assert submit(mailer, [person(1)])[0] == Outcome(OutcomeKind.UNAUTHORIZED, "SMTP 538")
    mailer.close()
    assert handler.kept == []


def test_mail_after_mail_goes_over_one_connection_and_a_new_one_when_it_was_closed(
    sink: tuple[Sink, SmtpServer],
) -> None:
    handler, server = sink
    mailer = SmtpMailer(server, timeout_seconds=5)
    assert {o.kind for o in submit(mailer, [person(n) for n in range(20)])} == {OutcomeKind.ACCEPTED}
    assert len(handler.peers) == 1
    assert mailer._client is not None
    assert mailer._client.sock is not None
    mailer._client.sock.shutdown(socket.SHUT_RDWR)
    first, second = submit(mailer, [person(21), person(22)])
    assert (first.kind, second.kind) == (OutcomeKind.NOT_SENT, OutcomeKind.ACCEPTED)
    assert len(handler.peers) == 2
    mailer.close()


def test_the_same_mail_is_the_same_bytes_on_every_attempt(sink: tuple[Sink, SmtpServer]) -> None:
    handler, server = sink
    for _ in range(2):
        mailer = SmtpMailer(server, timeout_seconds=5)
        submit(mailer, [person(1)])
        mailer.close()
    assert handler.kept[0] == handler.kept[1]
    long = Letter(LETTER.sender, "件" * 300, LETTER.text, LETTER.html, LETTER.at)
    mailer = SmtpMailer(server, timeout_seconds=5)
    mailer.submit(Shipment(long, (person(2, "p2@example.com"),)))
    mailer.close()
    message = email.message_from_bytes(handler.kept[2], policy=email.policy.default)
    assert message["Subject"] == "件" * 300
    assert max(map(len, handler.kept[2].split(b"\r\n"))) <= 998


def test_an_smtp_server_that_is_not_there_is_not_sent() -> None:
    mailer = SmtpMailer(SmtpServer("127.0.0.1", 1), timeout_seconds=2)
    assert submit(mailer, [person(1)])[0].kind is OutcomeKind.NOT_SENT


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (OutcomeKind.REJECTED, RefusedError),
        (OutcomeKind.UNKNOWN, ServiceError),
        (OutcomeKind.THROTTLED, ServiceError),
    ],
)
def test_a_single_mail_that_was_not_taken_raises_without_naming_the_person(
    kind: OutcomeKind, error: type[Exception]
) -> None:
    mailer = MemoryMailer([Outcome(kind, "理由")])
    with pytest.raises(error, match="d1") as caught:
        send_one(mailer, LETTER, person(1))
    assert "@" not in str(caught.value)


def test_an_smtp_url_is_read_and_a_password_in_it_is_refused() -> None:
    assert parse_smtp_url("smtps://koho%40x@mail.example.jp") == SmtpServer(
        "mail.example.jp", 465, "koho@x", tls=True
    )
    with pytest.raises(Exception, match="KOHO_SMTP_PASSWORD"):
        parse_smtp_url("smtp://a:b@mail.example.jp:25")
