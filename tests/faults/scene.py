"""One run of the suite: a copy of a frozen project, a fake that lives in the same time, and the senders between them.

A project is made and frozen once (``make_template``) and copied for each run; its clock stands at the moment of the
freeze however late the copy is used, because senders and fake are given the same offset.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from generator.mail.mailer import Limits
from newsletters.delivery.freeze import freeze_audience
from newsletters.delivery.journal import Journal, guard
from newsletters.issue.frozen import FrozenIssue
from newsletters.tables import issues
from tests.fake_sendgrid.client import Fake
from tests.faults.oracle import Verdict, judge
from tests.faults.world import World, Zygote, make_issue, make_world, open_world

DAY = date(2023, 4, 5)
MEMORY = Path("/dev/shm")


@dataclass(frozen=True)
class Template:
    """A project on disk as it was at ``now``."""

    folder: Path
    issue: FrozenIssue
    now: float


def make_template(
    folder: Path,
    *,
    readers: int,
    size: int,
    minutes: float,
    poison: tuple[int, ...] = (),
    frozen: bool = True,
) -> Template:
    """Make a project whose issue leaves in ``minutes``, in requests of ``size``; ``frozen`` audience or not yet."""
    now = int(time.time())
    issue = make_issue(DAY, submit_at=datetime.fromtimestamp(now, UTC) + timedelta(minutes=minutes))
    world = make_world(folder)
    world.add_readers(readers, poison=poison)
    world.schedule(issue)
    guard(world.engine, Journal(folder / "var"), now)
    if frozen:
        freeze_audience(world.engine, issue, issue.submit_at, Limits(size, 30_000_000), now)
        with world.engine.begin() as connection:
            connection.execute(update(issues).values(state="submitting"))
    world.engine.dispose()
    return Template(folder, issue, now)


@dataclass
class Scene:
    """A copy of a template, at its time."""

    template: Template
    fake: Fake
    sender: Zygote
    folder: Path
    world: World = field(init=False)
    offset: float = field(init=False)

    def __post_init__(self) -> None:
        shutil.copytree(self.template.folder, self.folder)
        self.world = open_world(self.folder)

    @property
    def issue(self) -> FrozenIssue:
        return self.template.issue

    def begin(self, faults: Any = (), *, seed: int = 1, pace: float = 0.0) -> None:
        """Set fake and senders to the template's moment."""
        self.offset = self.template.now - time.time()
        self.fake.control(reset=True, seed=seed, faults=list(faults), pace=pace, clock_offset=self.offset)

    def start(self, late: float = 0, **options: Any) -> int:
        """Start a sender ``late`` seconds after the template's moment; return its process id."""
        return self.sender.start(self.world, self.fake.url, clock=self.offset + late, **options)

    def run(self, late: float = 0, **options: Any) -> int:
        """Run a sender to its end; return its exit code, negative for a signal."""
        self.start(late, **options)
        return self.sender.wait()

    def finish(self, *, since: float = 61, times: int = 6, **options: Any) -> None:
        """Run senders as the timer would, until there is nothing left to do by themselves."""
        for late in range(times):
            assert self.run(since + 61 * late, **{"patience": 20, **options}) == 0
            if not {"pending", "claimed"} & self.counts().keys():
                return

    def counts(self) -> dict[str, int]:
        return self.world.counts(self.issue)

    def state(self) -> str:
        return self.world.state(self.issue)

    def wait_for(self, state: str) -> None:
        """Wait until some people's request is in a state."""
        while not self.counts().get(state):
            time.sleep(0.005)

    def verdict(self, *, over: bool = True) -> Verdict:
        return judge(self.world, self.fake, self.issue, over=over)


@contextmanager
def scene(template: Template, fake: Fake, sender: Zygote) -> Iterator[Scene]:
    """Keep one run's folder, in memory where there is one, while the block lasts."""
    place = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="koho-fault-", dir=place) as name:
        made = Scene(template, fake, sender, Path(name) / "w")
        try:
            yield made
        finally:
            made.world.engine.dispose()
