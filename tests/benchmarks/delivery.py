"""How fast an issue is frozen, submitted and told about: ``python -m tests.benchmarks.delivery [recipients]``.

Every figure comes from one run on one machine; the fake provider takes the second core.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import sendgrid
from pydantic import SecretStr
from sendgrid.helpers.mail import Content, CustomArg, Email, Header, Mail, Personalization, Substitution, To
from sqlalchemy import func, select

from generator.forms.tokens import Tokens
from generator.mail.mailer import Limits
from generator.mail.message import Letter, Press, Recipient, Sender
from generator.mail.sendgrid import SendGridMailer
from newsletters.audience.tables import subscriptions
from newsletters.delivery.events import store_reading
from newsletters.delivery.freeze import freeze_audience
from newsletters.delivery.journal import Journal, guard
from newsletters.delivery.reading import read_events
from newsletters.delivery.run import Office, Worker
from tests.fake_sendgrid.client import Fake, running_fake
from tests.faults.world import SECRET, UNSUBSCRIBE, World, make_issue, make_world

HTML = '<p lang="ja">' + "本文です。" * 1400 + f'</p><a href="{UNSUBSCRIBE}">配信停止</a>'


def main() -> None:
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        _submit(Path(sys.argv[2]), sys.argv[3])
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running_fake(folder) as fake:
            for number in sorted({10_000, total}):
                _measure(folder / str(number), number, fake)
            _naive(fake)
    _compose()
    with tempfile.TemporaryDirectory() as name:
        _events(Path(name))


def _say(what: str, figure: str) -> None:
    print(f"| {what} | {figure} |", flush=True)


def _measure(folder: Path, number: int, fake: Fake) -> None:
    folder.mkdir()
    world = make_world(folder)
    _fill(world, number)
    issue = make_issue(submit_at=datetime.now(UTC) - timedelta(minutes=1), html=HTML)
    world.schedule(issue)
    guard(world.engine, Journal(folder / "var"), int(time.time()))
    before = _size(folder)
    begun = time.perf_counter()
    freeze_audience(world.engine, issue, issue.submit_at, Limits(1000, 30_000_000), int(time.time()))
    _say(f"freeze {number:,} subscribers (SQLite)", f"{time.perf_counter() - begun:.1f} s")
    frozen = _size(folder)
    _say("  frozen audience", f"{(frozen - before) / 1e6:.1f} MB")
    fake.control(reset=True)
    command = [sys.executable, "-m", "tests.benchmarks.delivery", str(number), str(folder), fake.url]
    done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    judged = fake.judge()
    assert judged["people"] == judged["mails"] == done["recipients"], judged
    _say(
        f"submit {done['recipients']:,} to the fake, one worker",
        f"{done['recipients'] / done['seconds']:,.0f} recipients/s",
    )
    _say("  of it the worker's own processor time", f"{done['recipients'] / done['cpu']:,.0f} recipients/s")
    _say("  peak memory of the worker", f"{done['peak_mb']:.0f} MB")
    _say("  from start to the first request", f"{done['first']:.2f} s")
    _say("  ledger grew by", f"{max(0, _size(folder) - frozen) / 1e6:.2f} MB")
    world.engine.dispose()


def _submit(folder: Path, url: str) -> None:
    begun = time.perf_counter()
    world = make_world(folder)
    issue = make_issue(html=HTML)
    with world.engine.connect() as connection:
        connection.execute(select(func.count()).select_from(subscriptions).limit(1))
    mailer = SendGridMailer("SG.test", host=url)
    tokens = Tokens([SecretStr(SECRET)])
    office = Office(world.engine, mailer, "https://e.jp/", tokens, world.keyring, Journal(folder / "var"))
    number, first = [0], [0.0]

    def step(_outcome: object, people: int) -> None:
        first[0] = first[0] or time.perf_counter() - begun
        number[0] += people

    ready, cpu = time.perf_counter(), time.process_time()
    Worker(office, issue, 1, step).run()
    print(
        json.dumps(
            {
                "recipients": number[0],
                "seconds": time.perf_counter() - ready,
                "cpu": time.process_time() - cpu,
                "first": first[0],
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


def _fill(world: World, number: int) -> None:
    for first in range(1, number + 1, 50_000):
        world.add_readers(min(50_000, number + 1 - first), first=first)


def _size(folder: Path) -> int:
    world = make_world(folder)
    with world.engine.connect() as connection:
        pages = connection.exec_driver_sql(
            "SELECT page_count - freelist_count FROM pragma_page_count, pragma_freelist_count"
        )
        used = int(pages.scalar_one()) * 4096
    world.engine.dispose()
    return used


def _naive(fake: Fake) -> None:
    """The loop of the package's README: one Mail object and one request a person."""
    fake.control(reset=True)
    client = sendgrid.SendGridAPIClient("SG.test", host=fake.url)
    begun, number = time.perf_counter(), 300
    for n in range(number):
        mail = Mail(Email("mag@example.jp", "広報"), None, "第1号")
        mail.add_content(Content("text/plain", "本文"))
        mail.add_content(Content("text/html", HTML))
        person = Personalization()
        person.add_to(To(f"p{n}@example.com"))
        person.add_header(Header("List-Unsubscribe", "<https://e.jp/x>"))
        person.add_substitution(Substitution(UNSUBSCRIBE, "https://e.jp/x"))
        for key, value in (("delivery_id", str(n)), ("number", str(n)), ("issue", "i"), ("chunk", "1-1")):
            person.add_custom_arg(CustomArg(key, value))
        mail.add_personalization(person)
        client.client.mail.send.post(request_body=mail.get(), timeout=10)
    _say(
        "naive loop over the package's Mail helper",
        f"{number / (time.perf_counter() - begun):,.0f} recipients/s",
    )


def _compose() -> None:
    letter = Letter(
        Sender("mag@example.jp", "広報"),
        "第1号",
        f"本文 {UNSUBSCRIBE}",
        HTML,
        datetime(2023, 11, 22, tzinfo=UTC),
    )
    press, number = Press(letter, (UNSUBSCRIBE,)), 20_000
    begun = time.perf_counter()
    for n in range(number):
        url = f"https://e.jp/mail/unsubscribe?t={n}"
        press.compose(Recipient(str(n), f"p{n}@example.com", {UNSUBSCRIBE: url}, url, n))
    _say("SMTP messages constructed (42 kB HTML)", f"{number / (time.perf_counter() - begun):,.0f}/s")


def _events(folder: Path) -> None:
    world = make_world(folder)
    world.add_readers(20_000)
    issue = make_issue()
    guard(world.engine, Journal(folder / "var"), 1)
    freeze_audience(world.engine, issue, issue.submit_at, Limits(1000, 30_000_000), 1)
    rows = [
        {
            "event": name, "timestamp": 1_680_000_000, "issue": issue.key, "chunk": "1-1", "number": str(n),
            "delivery_id": world.keyring.delivery_id(issue.key, n), "email": "x@example.com",
        }
        for n in range(1, 20_001)
        for name in ("processed", "delivered")
    ]  # fmt: skip
    bodies = [orjson.dumps(rows[start : start + 500]) for start in range(0, len(rows), 500)]
    begun = time.perf_counter()
    for body in bodies:
        store_reading(world.engine, world.keyring, read_events(body), 1_680_000_000)
    _say(
        "events stored (SQLite, 500 a post, each post committed)",
        f"{len(rows) / (time.perf_counter() - begun):,.0f}/s",
    )
    world.engine.dispose()


if __name__ == "__main__":
    main()
