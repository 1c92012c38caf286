"""Who got how many mails, by the fake's own log against the frozen audience; and the counts for the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, Row, select

from newsletters.audience.tables import subscribers
from newsletters.delivery.states import EXCLUDED, REPLACED, ChunkState, FactKind
from newsletters.delivery.tables import chunks, deliveries, facts, recipients
from newsletters.issue.frozen import FrozenIssue
from tests.fake_sendgrid.client import Fake
from tests.faults.world import World

CANARY = 0


@dataclass(frozen=True)
class Verdict:
    """What happened to one issue's frozen audience; with ``waiting`` the run is not over."""

    recipients: int
    duplicated: int
    lost: int
    uninvited: int
    listed: int
    resolved: int
    waiting: int = 0


def mails_of(fake: Fake, issue: FrozenIssue) -> Counter[int]:
    """Count the mails of one issue that would have left, by reader; each must bear its own reader's address."""
    cancelled: set[str] = set()
    taken = []
    for entry in fake.log_lines():
        if "cancelled" in entry:
            cancelled.add(entry["cancelled"])
        elif entry["issue"] == issue.key:
            taken.append((entry["batch"], [_number(*person) for person in entry["people"]]))
    mails: Counter[int] = Counter()
    for batch, numbers in taken:
        if batch not in cancelled:
            mails.update(numbers)
    del mails[CANARY]
    return mails


def _number(_delivery_id: str, number: str, address: str) -> int:
    name = address.partition("@")[0]
    assert number == "0" or name.lstrip("poisnm") == number, (
        "the mail of one reader for the address of another"
    )
    return int(number)


def judge(world: World, fake: Fake, issue: FrozenIssue, *, over: bool = True) -> Verdict:
    """Compare the fake's mails with the ledger: everybody once, or listed as unknown."""
    assert fake.facts()["broken_promises"] == {}
    mails = mails_of(fake, issue)
    with world.engine.connect() as connection:
        number = connection.execute(
            select(deliveries.c.id).where(deliveries.c.issue == issue.key)
        ).scalar_one()
        rows = connection.execute(select(chunks).where(chunks.c.delivery_id == number)).all()
        frozen = select(recipients.c.subscriber_id).where(recipients.c.delivery_id == number)
        people = set(connection.execute(frozen).scalars())
        out = select(facts.c.subscriber_id).where(
            facts.c.delivery_id == number, facts.c.kind.in_([*EXCLUDED, FactKind.REJECTED])
        )
        excluded = set(connection.execute(out).scalars())
        assert _good_rejected(connection, number) == []
        listed = _people_of(connection, (r for r in rows if r.state == ChunkState.UNKNOWN))
        waiting = [r for r in rows if r.state in {ChunkState.PENDING, ChunkState.CLAIMED}]
        later = _people_of(connection, waiting)
    assert sum(r.size for r in rows if r.state not in REPLACED) == len(people)
    assert not (over and waiting), "the run is not over"
    return Verdict(
        recipients=len(people),
        duplicated=sum(count - 1 for count in mails.values() if count > 1),
        lost=sum(1 for person in people - excluded - listed - later if mails[person] == 0),
        uninvited=sum(1 for person in mails if person in excluded or person not in people),
        listed=len(listed),
        resolved=sum(r.size for r in rows if r.reason == "evidence" or r.state == ChunkState.VOID),
        waiting=len(later),
    )


def _good_rejected(connection: Connection, number: int) -> list[int]:
    """Return who is listed as refused by the provider though their address is good."""
    query = (
        select(facts.c.subscriber_id)
        .join(subscribers, subscribers.c.id == facts.c.subscriber_id)
        .where(facts.c.delivery_id == number, facts.c.kind == FactKind.REJECTED)
    )
    return list(connection.execute(query.where(~subscribers.c.mailbox.startswith("poison"))).scalars())


def _people_of(connection: Connection, rows: Iterable[Row[tuple[object, ...]]]) -> set[int]:
    found: set[int] = set()
    for row in rows:
        query = select(recipients.c.subscriber_id).where(
            recipients.c.delivery_id == row.delivery_id,
            recipients.c.variant == row.variant,
            recipients.c.subscriber_id.between(row.low, row.high),
        )
        found.update(connection.execute(query).scalars())
    return found


class Tally:
    """Adds verdicts up for one row of the table, and fails the test when somebody got two mails or none."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request
        self.verdicts: list[Verdict] = []
        self.runs = 0

    def add(self, verdict: Verdict) -> Verdict:
        self.verdicts.append(verdict)
        self.runs += 1
        return verdict

    def add_events(self, number: int, *, lost: int = 0, duplicated: int = 0, runs: int = 1) -> None:
        """Count a run that is about events or states, not about mails."""
        self.verdicts.append(Verdict(number, duplicated, lost, 0, 0, 0))
        self.runs += runs

    def close(self, name: str, asked: str) -> None:
        """End the row; ``asked`` says what delivery.md wants of it."""
        total = {
            "runs": self.runs,
            "recipients": sum(v.recipients for v in self.verdicts),
            "duplicated": sum(v.duplicated for v in self.verdicts),
            "lost": sum(v.lost for v in self.verdicts),
            "resolved": sum(v.resolved for v in self.verdicts),
            "listed": sum(v.listed for v in self.verdicts),
        }
        self._request.node.user_properties.append(("fault", {"test": name, "asked": asked, **total}))
        assert self.verdicts
        assert (total["duplicated"], total["lost"]) == (0, 0)
        assert sum(v.uninvited for v in self.verdicts) == 0
