"""Workers in this process, over mailers that are no process, for tests of the ledger alone."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from generator.forms.tokens import Tokens
from generator.mail.mailer import Mailer
from newsletters.delivery.journal import Journal
from newsletters.delivery.run import Office, Worker
from newsletters.issue.frozen import FrozenIssue
from tests.faults.world import SECRET, World


def quiet_office(world: World, mailer: Mailer, **change: Any) -> Office:
    """An office that never really sleeps."""
    values = {"patience_seconds": 0, "rest": lambda _seconds: None, **change}
    journal = Journal(world.project / "var")
    return Office(
        world.engine, mailer, "https://e.jp/", Tokens([SecretStr(SECRET)]), world.keyring, journal, **values
    )


def quiet_worker(world: World, issue: FrozenIssue, number: int, mailer: Mailer, **change: Any) -> Worker:
    """A worker of such an office."""
    return Worker(quiet_office(world, mailer, **change), issue, number)
