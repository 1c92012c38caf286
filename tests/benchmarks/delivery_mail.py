"""Mails for SMTP: how many are built a second, and how many a local server takes, beside the standard library's way."""

from __future__ import annotations

import smtplib
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

from generator.mail.mailer import OutcomeKind, Shipment
from generator.mail.message import Letter, Press, Recipient, Sender
from generator.mail.smtp import SmtpMailer, SmtpServer
from tests.benchmarks.row import say
from tests.faults.world import UNSUBSCRIBE


def measure_mail(html: str) -> None:
    """Print the rows of SMTP."""
    letter = Letter(
        Sender("mag@example.jp", "広報"),
        "第1号",
        f"本文 {UNSUBSCRIBE}",
        html,
        datetime(2023, 11, 22, tzinfo=UTC),
    )
    press = Press(letter, (UNSUBSCRIBE,))
    people = [_person(n) for n in range(20_000)]
    size = len(press.compose(people[0])) / 1000
    say(
        f"SMTP messages constructed ({size:.0f} kB each)",
        f"{_rate(press.compose, people):,.0f}/s",
        "10,000/s",
    )
    say(
        "– by the standard library, each anew", f"{_rate(lambda p: _anew(letter, p), people[:50]):,.0f}/s", ""
    )
    sink = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.smtp_sink"], stdout=subprocess.PIPE, text=True
    )
    assert sink.stdout is not None
    port = int(sink.stdout.readline())
    mailer = SmtpMailer(SmtpServer("127.0.0.1", port))
    ready = press.compose(people[0])

    def submit(person: Recipient) -> None:
        assert mailer.submit(Shipment(letter, (person,))).kind is OutcomeKind.ACCEPTED

    with smtplib.SMTP("127.0.0.1", port) as client:
        bare = _rate(lambda p: client.sendmail("mag@example.jp", p.address, ready), people[:1_000])
    say(
        "SMTP mails to a local sink, through the mailer",
        f"{_rate(submit, people[:1_000]):,.0f}/s",
        "as the sink takes them",
    )
    say("– bare `smtplib` with one finished message", f"{bare:,.0f}/s", "")
    mailer.close()
    sink.kill()
    sink.wait()


def _person(n: int) -> Recipient:
    url = f"https://e.jp/mail/unsubscribe?t={n}"
    return Recipient(str(n), f"p{n}@example.com", {UNSUBSCRIBE: url}, url, n)


def _rate(work: Callable[[Recipient], object], people: list[Recipient]) -> float:
    begun = time.perf_counter()
    for person in people:
        work(person)
    return len(people) / (time.perf_counter() - begun)


def _anew(letter: Letter, person: Recipient) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = letter.sender.address, person.address, letter.subject
    message["List-Unsubscribe"] = f"<{person.unsubscribe_url}>"
    message.set_content(letter.text.replace(UNSUBSCRIBE, person.unsubscribe_url))
    message.add_alternative(letter.html.replace(UNSUBSCRIBE, person.unsubscribe_url), subtype="html")
    return message.as_bytes()
