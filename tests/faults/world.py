"""A small world to break: a project folder with readers, an approved issue, and its senders as real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Engine, func, insert, select

from generator.settings import Settings
from generator.storage.database import open_database, writing
from generator.storage.migrations import upgrade
from newsletters.audience.keyring import Keyring, load_keyring
from newsletters.audience.tables import subscribers, subscriptions
from newsletters.delivery.report import counts_of
from newsletters.delivery.tables import deliveries
from newsletters.issue.frozen import (
    ALL,
    AudienceRule,
    FrozenIssue,
    FrozenVariant,
    frozen_path,
    save_frozen,
    seal,
)
from newsletters.tables import audience_url, issues, schema

ROOT = Path(__file__).parents[2]
LONG = os.environ.get("KOHO_FAULTS") == "long"
UNSUBSCRIBE, MANAGE = "%%k7f3a9:unsub%%", "%%k7f3a9:manage%%"
SECRET = "0123456789abcdef0123456789abcdef"


def make_issue(
    day: date = date(2023, 11, 22), *, submit_at: datetime | None = None, html: str = ""
) -> FrozenIssue:
    """Build a sealed issue with two choices: everything, or grants alone."""
    body = html or f'<p lang="ja">本文</p><a href="{UNSUBSCRIBE}">配信停止</a> <a href="{MANAGE}">変更</a>'
    text = f"本文\n配信停止 {UNSUBSCRIBE}\n変更 {MANAGE}\n"
    return seal(
        FrozenIssue(
            newsletter="magazine", title="たより", number=day.toordinal(), issue_date=day,
            submit_at=submit_at or datetime.now(UTC), language="ja", sender_name="広報", sender_address="mag@example.jp",
            reply_to="info@example.jp", headers={"List-Id": "<magazine.example.jp>"},
            choices={"grant": ("grant",), "event": ("event",)},
            variants={
                ALL: FrozenVariant(ALL, f"第{day}号", body, text),
                "grant": FrozenVariant("grant", f"第{day}号 助成金", body, text),
            },
            audience=AudienceRule("magazine"), expected={}, unsubscribe_mark=UNSUBSCRIBE, manage_mark=MANAGE,
            web_html="<p>本文</p>", summary="", items=(), sections={}, plan={}, item_prints={}, draft_sha256="",
        )
    )  # fmt: skip


@dataclass
class World:
    """One project on disk and its database."""

    settings: Settings
    engine: Engine
    keyring: Keyring
    issues: list[FrozenIssue] = field(default_factory=list)

    @property
    def project(self) -> Path:
        return self.settings.project

    def add_readers(self, number: int, *, first: int = 1, poison: tuple[int, ...] = ()) -> None:
        """Add confirmed readers p1, p2 …; every tenth wants grants alone, every hundredth nothing that is in it."""
        people, chosen = [], []
        for n in range(first, first + number):
            mailbox = f"{'poison' if n in poison else 'p'}{n}@example.com"
            key = self.keyring.mailbox_key(mailbox)
            people.append(
                {
                    "id": n,
                    "address": mailbox,
                    "deliverable": mailbox,
                    "mailbox": mailbox,
                    "mailbox_key": key,
                    "created_at": 0,
                }
            )
            topics = "event" if n % 100 == 0 else "grant" if n % 10 == 0 else ""
            chosen.append(
                {
                    "newsletter": "magazine",
                    "subscriber_id": n,
                    "state": "confirmed",
                    "topics": topics,
                    "language": "ja",
                    "since": 0,
                }
            )
        with writing(self.engine).begin() as connection:
            for start in range(0, number, 10_000):
                connection.execute(insert(subscribers), people[start : start + 10_000])
                connection.execute(insert(subscriptions), chosen[start : start + 10_000])
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT setval('subscribers_id_seq', {first + number})")

    def schedule(self, issue: FrozenIssue) -> None:
        """Put an approved issue on the schedule."""
        self.issues.append(issue)
        save_frozen(issue, frozen_path(self.settings.content, issue.newsletter, issue.issue_date))
        with writing(self.engine).begin() as connection:
            connection.execute(
                insert(issues).values(
                    key=issue.key, newsletter=issue.newsletter, issue_date=str(issue.issue_date), number=issue.number,
                    state="scheduled", author="a", fingerprint=issue.fingerprint,
                    approved_fingerprint=issue.fingerprint, submit_at=issue.submit_at.astimezone(UTC),
                )
            )  # fmt: skip

    def counts(self, issue: FrozenIssue) -> dict[str, int]:
        with self.engine.connect() as connection:
            number = connection.execute(
                select(deliveries.c.id).where(deliveries.c.issue == issue.key)
            ).scalar()
            return dict(counts_of(connection, number)) if number else {}

    def state(self, issue: FrozenIssue) -> str:
        with self.engine.connect() as connection:
            query = select(deliveries.c.state).where(deliveries.c.issue == issue.key)
            return connection.execute(query).scalar() or "none"

    def readers(self) -> int:
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(subscribers)).scalar_one()

    def environment(self, fake_url: str) -> dict[str, str]:
        return {
            "KOHO_MAILER": "sendgrid",
            "KOHO_SENDGRID_HOST": fake_url,
            "KOHO_SENDGRID_API_KEY": "SG.test",
            "KOHO_SECRET_KEYS": SECRET,
            "KOHO_AUDIENCE_URL": self.settings.audience_url,
        }


def open_world(folder: Path, *, url: str = "") -> World:
    """Open a project whose tables are there already."""
    settings = Settings(project=folder, audience_url=url)
    return World(settings, open_database(audience_url(settings)), load_keyring(folder / "var"))


def make_world(folder: Path, *, url: str = "", host: str = "http://127.0.0.1:9") -> World:
    """Make an empty project and its tables."""
    settings = Settings(
        project=folder, audience_url=url, mailer="sendgrid", sendgrid_host=host,
        sendgrid_api_key=SecretStr("SG.test"), secret_keys=(SecretStr(SECRET),),
    )  # fmt: skip
    upgrade(schema, settings)
    return World(settings, open_database(audience_url(settings)), load_keyring(folder / "var"))


class Zygote:
    """A process that has everything loaded and forks a fresh sender for each command.

    It runs with a failpoint that is nowhere; a sender's option ``failpoint`` gives it a name.
    """

    def __init__(self, **more: str) -> None:
        environment = {"PATH": "/usr/bin:/bin", "KOHO_FAILPOINT": "nowhere", "PYTHONPATH": str(ROOT), **more}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.sender"], cwd=ROOT, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def start(self, world: World, fake_url: str, **options: object) -> int:
        """Fork a sender and return its process id."""
        pairs = " ".join(f"{name}={value}" for name, value in options.items())
        self._say(f"start {world.project} {fake_url} {world.settings.audience_url or '-'} {pairs}")
        return int(self._hear())

    def wait(self) -> int:
        """Wait for the oldest sender not waited for; return its exit code, negative for a signal."""
        self._say("wait")
        return int(self._hear())

    def run(self, world: World, fake_url: str, **options: object) -> int:
        self.start(world, fake_url, **options)
        return self.wait()

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()


@contextmanager
def zygote(**environment: str) -> Iterator[Zygote]:
    """Keep a zygote while the block lasts; ``environment`` is laid over its own."""
    made = Zygote(**environment)
    try:
        yield made
    finally:
        made.close()


def runs(*, long: int, short: int) -> int:
    """Return how often a test runs: the full number in the long run, the small one of ``make test`` otherwise."""
    return long if LONG else short
