"""Who got how many mails, by the fake's log against the frozen audience; and the counts for the table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from newsletters.delivery.states import EXCLUDED, REPLACED, ChunkState, FactKind
from newsletters.delivery.tables import chunks, deliveries, facts, recipients
from newsletters.issue.frozen import FrozenIssue
from tests.fake_sendgrid.client import Fake
from tests.faults.world import World


@dataclass(frozen=True)
class Verdict:
    """What happened to one issue's frozen audience."""

    recipients: int
    duplicated: int
    lost: int
    uninvited: int
    listed: int
    resolved: int


def judge(world: World, fake: Fake, issue: FrozenIssue) -> Verdict:
    """Compare the fake's mails with the ledger: everybody once, or listed as unknown."""
    judged = fake.judge()
    assert judged["broken_promises"] == {}
    cancelled = set(fake.ask("GET", "/_cancelled"))
    mails: Counter[int] = Counter()
    for entry in fake.accepted():
        if entry["issue"] == issue.key and entry["batch"] not in cancelled:
            mails.update(int(person[1]) for person in entry["people"])
    with world.engine.connect() as connection:
        number = connection.execute(
            select(deliveries.c.id).where(deliveries.c.issue == issue.key)
        ).scalar_one()
        rows = connection.execute(select(chunks).where(chunks.c.delivery_id == number)).all()
        frozen = connection.execute(
            select(recipients.c.subscriber_id, recipients.c.variant).where(recipients.c.delivery_id == number)
        ).all()
        out = select(facts.c.subscriber_id).where(
            facts.c.delivery_id == number, facts.c.kind.in_([*EXCLUDED, FactKind.REJECTED])
        )
        excluded = set(connection.execute(out).scalars())
    doubtful = [(r.variant, r.low, r.high) for r in rows if r.state == ChunkState.UNKNOWN]
    waiting = [r for r in rows if r.state in {ChunkState.PENDING, ChunkState.CLAIMED}]
    listed = {
        person.subscriber_id
        for person in frozen
        for variant, low, high in doubtful
        if variant == person.variant and low <= person.subscriber_id <= high
    }
    people = {person.subscriber_id for person in frozen}
    due = people - excluded - listed
    assert sum(r.size for r in rows if r.state not in REPLACED) == len(people)
    assert not waiting, "the run is not over"
    return Verdict(
        recipients=len(people),
        duplicated=sum(count - 1 for count in mails.values() if count > 1),
        lost=sum(1 for person in due if mails[person] == 0),
        uninvited=sum(1 for person in mails if person in excluded or person not in people),
        listed=len(listed),
        resolved=sum(r.size for r in rows if r.reason == "evidence" or r.state == ChunkState.VOID),
    )


class Tally:
    """Adds verdicts up for one row of the table, and fails the test when somebody got two mails or none."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request
        self.verdicts: list[Verdict] = []

    def add(self, verdict: Verdict) -> Verdict:
        self.verdicts.append(verdict)
        return verdict

    def close(self, name: str) -> None:
        total = {
            "runs": len(self.verdicts),
            "recipients": sum(v.recipients for v in self.verdicts),
            "duplicated": sum(v.duplicated for v in self.verdicts),
            "lost": sum(v.lost for v in self.verdicts),
            "resolved": sum(v.resolved for v in self.verdicts),
            "listed": sum(v.listed for v in self.verdicts),
        }
        self._request.node.user_properties.append(("fault", {"test": name, **total}))
        assert self.verdicts
        assert (total["duplicated"], total["lost"]) == (0, 0)
        assert sum(v.uninvited for v in self.verdicts) == 0
