"""How fast an issue is frozen, submitted, taken up again and told about: ``python -m tests.benchmarks.delivery [people]``.

Prints a Markdown table (default: 1,000,000 people, and 10,000 beside it). The worker has one core, the fake provider the
other; everything lies in /dev/shm where there is one, except PostgreSQL, which syncs to disk.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sendgrid
from pydantic import SecretStr
from sendgrid.helpers.mail import Content, CustomArg, Email, Header, Mail, Personalization, Substitution, To

from generator.forms.tokens import Tokens
from generator.mail.mailer import Limits
from generator.mail.sendgrid import SendGridMailer
from newsletters.delivery.freeze import freeze_audience
from newsletters.delivery.journal import Journal, guard
from newsletters.delivery.run import Office, Worker
from tests.benchmarks.delivery_events import drive_events
from tests.benchmarks.delivery_mail import measure_mail
from tests.benchmarks.row import say
from tests.fake_sendgrid.client import Fake, running_fake
from tests.faults.scene import MEMORY
from tests.faults.world import SECRET, UNSUBSCRIBE, World, make_issue, make_world, open_world
from tests.postgres import find_binaries, running_postgres

HTML = '<p lang="ja">' + "本文です。" * 1400 + f'</p><a href="{UNSUBSCRIBE}">配信停止</a>'
WORKER_CORE, FAKE_CORE = 0, min(1, (os.cpu_count() or 1) - 1)


def main() -> None:
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        _submit(Path(sys.argv[2]), sys.argv[3])
        return
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} at the beginning.\n")
    say("What", "Figure", "Target")
    say("---", "---:", "---:")
    place = MEMORY if MEMORY.is_dir() else None
    for number in sorted({10_000, total}):
        with tempfile.TemporaryDirectory(dir=place) as name, running_fake(Path(name), core=FAKE_CORE) as fake:
            _measure(Path(name) / "w", number, fake)
            if number == total:
                _naive(fake)
    measure_mail(HTML)
    _events(place)


def _measure(folder: Path, number: int, fake: Fake) -> None:
    world = make_world(folder)
    for first in range(1, number + 1, 50_000):
        world.add_readers(min(50_000, number + 1 - first), first=first)
    issue = make_issue(submit_at=datetime.now(UTC) - timedelta(minutes=1), html=HTML)
    world.schedule(issue)
    guard(world.engine, Journal(folder / "var"), int(time.time()))
    before, begun = _size(world), time.perf_counter()
    freeze_audience(world.engine, issue, issue.submit_at, Limits(1000, 30_000_000), int(time.time()))
    say(f"freeze {number:,} subscribers (SQLite)", f"{time.perf_counter() - begun:.1f} s", "30 s a million")
    frozen = _size(world)
    say("– frozen audience", f"{(frozen - before) / 1e6:.1f} MB", "")
    world.engine.dispose()
    _restart(world, fake)
    command = [sys.executable, "-m", "tests.benchmarks.delivery", str(number), str(folder), fake.url]
    done = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    judged = fake.judge()
    assert judged["people"] == judged["mails"], judged
    say(
        f"submit {done['recipients']:,} people, one worker",
        f"{done['recipients'] / done['seconds']:,.0f}/s",
        "20,000/s",
    )
    say("– by the worker's processor time", f"{done['recipients'] / done['cpu']:,.0f}/s", "")
    say("– peak memory of the worker", f"{done['peak_mb']:.0f} MB", "200 MB, flat")
    say("– the ledger grew by", f"{max(0, _size(world) - frozen) / 1e6:.2f} MB", "5 MB a million")
    world.engine.dispose()


def _restart(world: World, fake: Fake) -> None:
    """Kill the command in the middle of a request and time the next one, from its start to what the fake sees."""
    fake.control(reset=True, pace=0.2)
    command = [
        str(Path(sys.executable).parent / "koho"),
        "newsletters",
        "run-due",
        "--quiet",
        "--project",
        str(world.project),
    ]
    environment = {**os.environ, **world.environment(fake.url)}
    seconds = []
    for _ in range(3):
        before, begun = fake.facts()["requests"], time.perf_counter()
        process = subprocess.Popen(command, env=environment)
        while fake.facts()["requests"] == before and process.poll() is None:
            time.sleep(0.005)
        seconds.append(time.perf_counter() - begun)
        time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
        process.wait()
    say(
        "– from the command's start to its first request, after a kill",
        f"{sorted(seconds[1:])[-1]:.2f} s",
        "2 s",
    )
    fake.control(pace=0)


def _submit(folder: Path, url: str) -> None:
    """Send what is left, in a process of its own on one core; print its figures."""
    os.sched_setaffinity(0, {WORKER_CORE})
    world, number = open_world(folder), [0]
    tokens, journal = Tokens([SecretStr(SECRET)]), Journal(folder / "var")
    office = Office(
        world.engine, SendGridMailer("SG.test", host=url), "https://e.jp/", tokens, world.keyring, journal
    )

    def step(_outcome: object, people: int) -> None:
        number[0] += people

    begun, cpu = time.perf_counter(), time.process_time()
    Worker(office, make_issue(html=HTML), 1, step).run()
    figures = {
        "recipients": number[0],
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(figures))


def _size(world: World) -> int:
    """Return the bytes that the database really uses."""
    with world.engine.connect() as connection:
        pages = "SELECT page_count - freelist_count FROM pragma_page_count, pragma_freelist_count"
        return int(connection.exec_driver_sql(pages).scalar_one()) * 4096


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
    say("naive loop over the package's `Mail` helper", f"{number / (time.perf_counter() - begun):,.0f}/s", "")


def _events(place: Path | None) -> None:
    """Signed posts of 500 through the real server, one after the other."""
    what = "events through the real server, posts of 500, each on disk before its answer"
    with tempfile.TemporaryDirectory(dir=place) as name:
        world = make_world(Path(name))
        say(f"{what} (SQLite)", f"{drive_events(world, seconds=0, rate=0).rate:,.0f}/s", "500/s")
        world.engine.dispose()
    if find_binaries() is None:
        return
    with running_postgres(fsync="on") as server, tempfile.TemporaryDirectory() as name:
        server.execute("CREATE DATABASE koho")
        world = make_world(Path(name), url=server.url("koho"))
        say(f"{what} (PostgreSQL)", f"{drive_events(world, seconds=0, rate=0).rate:,.0f}/s", "5,000/s")
        world.engine.dispose()


if __name__ == "__main__":
    main()
