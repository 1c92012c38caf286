"""A project with the sample words and one company of its own, built, and served with every door open."""

from __future__ import annotations

import email
import email.policy
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import anyio
import uvicorn
from pydantic import SecretStr

from company_db.model import PUBLISHABLE_FIELDS, CapabilityRecord, CompanyRecord
from company_db.runs import Intake
from company_db.schema import SCHEMA
from company_db.store import CompanyStore
from generator import clock, discovery
from generator.settings import Settings
from generator.site.build import build_site
from generator.site.report import BuildReport
from generator.site.serve import make_preview
from generator.storage import migrations
from generator.storage.database import open_database
from tests.builders import ON, make_settings

ROOT = Path(__file__).parents[1]
KEY = "4011001098993"
_LOADED = (
    anyio.open_file
)  # asked for now: Python 3.11 fails when two threads load modules by way of pytest at once


@dataclass(frozen=True)
class Town:
    """One built project and the address where its site and doors answer."""

    settings: Settings
    origin: str  # without the last slash
    port: int  # where site and doors answer on this machine

    def mails(self, folder: str) -> list[EmailMessage]:
        """Read one folder of the outbox, oldest first."""
        outbox = self.settings.project / self.settings.outbox
        files = sorted(outbox.glob(f"{folder}/**/*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [
            cast("EmailMessage", email.message_from_bytes(f.read_bytes(), policy=email.policy.default))
            for f in files
        ]

    def wait_for_mails(self, folder: str, count: int) -> list[EmailMessage]:
        """Wait until that many mails are there: they are sent after the answer has gone."""
        for _ in range(200):
            if len(found := self.mails(folder)) >= count:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{folder}: {len(self.mails(folder))} of {count} mails came")

    def link(self, mail: EmailMessage, path: str) -> str:
        """Return the link of a mail that leads to a path of this site."""
        part = mail.get_body(("plain",))
        found = re.search(rf"{re.escape(self.origin)}{path}\S*", part.get_content() if part else "")
        assert found, f"no link to {path}"
        return found[0]


def company(**over: Any) -> CompanyRecord:
    """Return a member that lets everything be shown."""
    given: dict[str, Any] = {
        "key": KEY,
        "name": "見本精機株式会社",
        "kana": "ミホンセイキ",
        "name_en": "Mihon Seiki",
        "municipality_code": "08201",
        "contact_email": "tantou@example.jp",
        "headline": "小さな部品を削ります",
        "headline_en": "We cut small parts",
        "business": "医療機器や計測器の小さな部品を、一個から削ります。",
        "employees": 24,
        "capabilities": (CapabilityRecord(process="turning"),),
        "confirmed": ON,
        "consent": PUBLISHABLE_FIELDS,
    }
    return CompanyRecord(**(given | over))


def build(settings: Settings) -> BuildReport:
    """Build the whole site, companies and search included."""
    return build_site(settings, discovery.sources(), discovery.publishers())


@contextmanager
def open_town(project: Path, **over: Any) -> Iterator[Town]:
    """Make a project in a folder, build it, and serve it on a free port until the block ends."""
    shutil.copytree(ROOT / "content", project / "content")
    (project / "templates").symlink_to(ROOT / "templates")
    shutil.copy(ROOT / "mkdocs.yml", project)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        given = {
            "site_url": f"http://127.0.0.1:{port}/",
            "secret_keys": (SecretStr("k" * 40),),
            "processes": 1,
        }
        settings = make_settings(project, **(given | over))
        for schema in discovery.schemas():
            migrations.upgrade(schema, settings)
        engine = open_database(SCHEMA.url_of(settings))
        CompanyStore(engine).save([company()], Intake(clock.now(), "test", "test"))
        engine.dispose()
        build(settings)
        with _serving(settings, listener):
            yield Town(settings, settings.site_url.rstrip("/"), port)


@contextmanager
def _serving(settings: Settings, listener: socket.socket) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(make_preview(settings), log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        yield
    finally:
        server.should_exit = True
        thread.join()
