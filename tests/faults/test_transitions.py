"""A7: killed while an issue or a delivery changes its state: it is in the old state or in the new one, with its step."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from generator.storage.database import open_database
from newsletters.approval import Act, ApprovalDesk
from newsletters.declaration import Cadence, Newsletter, Pool, Rule
from newsletters.declaration import Sender as SenderDeclaration
from newsletters.delivery.hold import change_state
from newsletters.delivery.states import DeliveryState
from newsletters.issue.frozen import FrozenIssue
from newsletters.store import IssueStore
from newsletters.tables import audience_url
from tests.faults.oracle import Tally
from tests.faults.scene import make_template
from tests.faults.world import LONG, World, make_issue, make_world, open_world, runs

pytestmark = pytest.mark.faults
AT = datetime(2023, 4, 3, 3, 0, tzinfo=UTC)
AUTHOR, APPROVER = Act("起案 花子", AT), Act("決裁 太郎", AT + timedelta(hours=1), reason="理由")


def newsletter() -> Newsletter:
    return Newsletter(
        name="magazine",
        title="たより",
        sender=SenderDeclaration(name="広報", address="mag@example.jp", reply_to="info@example.jp"),
        cadence=Cadence(rule="FREQ=WEEKLY;BYDAY=WE", since=AT.date()),
        sections=(Rule(key="events", title="催し", pools=(Pool.EVENTS,)),),
    )


@dataclass(frozen=True)
class Edge:
    """One transition: from which states it starts, where it leads, and who does it."""

    before: tuple[str, ...]
    after: str
    act: Callable[[ApprovalDesk, FrozenIssue], object]


EDGES = {
    "submit for approval": Edge(
        ("none", "in_review"), "in_review", lambda desk, issue: desk.submit_for_approval(issue, AUTHOR)
    ),
    "approve": Edge(
        ("in_review",),
        "approved",
        lambda desk, issue: desk.approve(issue, APPROVER, shown=issue.fingerprint[:12]),
    ),
    "schedule": Edge(
        ("approved",),
        "scheduled",
        lambda desk, issue: desk.schedule(issue, newsletter(), AT + timedelta(days=2), APPROVER),
    ),
    "send back": Edge(("in_review",), "draft", lambda desk, issue: desk.send_back(issue.key, APPROVER)),
    "cancel": Edge(("scheduled",), "cancelled", lambda desk, issue: desk.cancel(issue.key, APPROVER)),
}
WAY = ("submit for approval", "approve", "schedule")


def killed_while(project: World, work: Callable[[], object], delay: float) -> bool:
    """Do the work in a process of its own and kill it after a moment; tell whether it was still at it."""
    project.engine.dispose()
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def rewind(world: World, issue: FrozenIssue, name: str) -> None:
    """Bring the issue by the ordinary way to where the edge begins."""
    with world.engine.begin() as connection:
        for table in ("issue_steps", "issues"):
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
    desk, start = ApprovalDesk(IssueStore(world.engine)), EDGES[name].before[0]
    for step in WAY[: {"none": 0, "in_review": 1, "approved": 2, "scheduled": 3}[start]]:
        EDGES[step].act(desk, issue)


@pytest.mark.parametrize("name", EDGES)
def test_an_issue_is_in_its_old_state_or_in_its_new_one(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    tally, choice, world = Tally(request), random.Random(7), make_world(tmp_path)
    issue, edge, seen = make_issue(), EDGES[name], set()
    url = audience_url(world.settings)

    def work() -> None:
        edge.act(ApprovalDesk(IssueStore(open_database(url))), issue)

    for _ in range(runs(long=100, short=10)):
        rewind(world, issue, name)
        steps = len(IssueStore(world.engine).steps(issue.key))
        killed_while(world, work, choice.random() * 0.03)
        store = IssueStore(world.engine)
        record, told = store.find(issue.key), store.steps(issue.key)
        state = record.state if record else "none"
        assert (state, len(told)) in {(edge.before[0], steps), (edge.after, steps + 1)}
        if record:
            assert told[-1].state == state
            assert bool(record.approved_fingerprint) is (state in {"approved", "scheduled"})
        seen.add(state)
        tally.add_events(1)
    assert not LONG or len(seen) == 2
    world.engine.dispose()
    tally.close("A7 killed in approve, schedule, send back, cancel", "each edge × 100")


@pytest.mark.parametrize("state", [DeliveryState.PAUSED, DeliveryState.STOPPED])
def test_a_delivery_is_in_its_old_state_or_in_its_new_one(
    state: DeliveryState, tmp_path: Path, request: pytest.FixtureRequest
) -> None:

    tally, choice, seen = Tally(request), random.Random(8), set()
    template = make_template(tmp_path / "t", readers=60, size=20, minutes=-1)
    world, issue = open_world(template.folder), template.issue
    url = audience_url(world.settings)

    def work() -> None:
        change_state(open_database(url), issue.key, state, who="a", why="b", now=1)

    for _ in range(runs(long=100, short=10)):
        with world.engine.begin() as connection:
            connection.execute(text("UPDATE deliveries SET state = 'sending'"))
            connection.execute(text("UPDATE chunks SET state = 'pending'"))
            connection.execute(text("DELETE FROM issue_steps"))
        killed_while(world, work, choice.random() * 0.03)
        with world.engine.connect() as connection:
            now = connection.execute(text("SELECT state FROM deliveries")).scalar_one()
            chunk_states = set(connection.execute(text("SELECT state FROM chunks")).scalars())
            steps = connection.execute(text("SELECT count(*) FROM issue_steps")).scalar_one()
        assert (now, steps) in {("sending", 0), (state.value, 1)}
        assert chunk_states == {"stopped" if now == "stopped" else "pending"}
        seen.add(now)
        tally.add_events(1)
    assert not LONG or len(seen) == 2
    world.engine.dispose()
    tally.close("A7 killed in pause and stop", "each edge × 100")
