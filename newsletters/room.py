"""What every command of ``koho newsletters`` works with, opened once and closed again."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from generator import clock, console, discovery
from generator.errors import ContentError, Problem
from generator.rendering.templates import Templates
from generator.settings import Settings
from generator.storage.database import open_database
from generator.storage.migrations import upgrade
from newsletters.approval import OPEN, ApprovalDesk
from newsletters.audience_count import count_audience
from newsletters.issue.draft import draft_path
from newsletters.issue.rendering import Marks
from newsletters.store import IssueStore
from newsletters.studio import Bench, Studio
from newsletters.tables import audience_url, schema

Name = Annotated[str, typer.Argument(metavar="NAME", help="メールマガジンの名前（content/newsletters.yml）")]
Day = Annotated[str, typer.Argument(metavar="[DATE]", help="発行日。省くと次の発行日")]
GivenDay = Annotated[str, typer.Argument(metavar="DATE", help="発行日（2023-11-22）")]
By = Annotated[str, typer.Option("--by", help="操作する人の氏名")]
Reason = Annotated[str, typer.Option("--reason", help="理由")]
OfflineOption = Annotated[bool, typer.Option("--offline", help="外のリンクを確かめない（注意が残ります）")]
MARKS = Marks("%%preview:unsubscribe%%", "%%preview:manage%%")


@dataclass(frozen=True)
class Room:
    """What every command works with."""

    settings: Settings
    store: IssueStore
    studio: Studio
    desk: ApprovalDesk
    expected: dict[str, int]

    @property
    def templates(self) -> Templates:
        """The project's templates."""
        return Templates([self.settings.templates])

    def day(self, name: str, text: str, *, states: Container[str] = OPEN) -> date:
        """Return the issue date that was asked for, or the next one whose issue is in one of these states."""
        if text:
            return parse_day(text)
        return self.studio.next_date(self.studio.newsletter(name), self.settings.as_of(), states=states)

    def bench(self, name: str, day: date) -> Bench:
        """Lay out the Library of an issue's day."""
        return self.studio.bench(self.studio.newsletter(name), day)

    def draft_bytes(self, name: str, day: date) -> bytes | None:
        """Return the draft as it lies on disk; None when it was taken away."""
        path = draft_path(self.settings.content, name, day)
        return path.read_bytes() if path.exists() else None

    def now(self) -> datetime:
        """The moment in the settings' world: a sample that lives in 2023 is also scheduled in 2023."""
        present = clock.now()
        return datetime.combine(self.settings.on, present.timetz()) if self.settings.on else present


def parse_day(text: str) -> date:
    """Read a date as typed; ``ContentError`` says how to write it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        problem = Problem("DATE", 0, "", text, "日付として読めません", "2023-11-22 の形で書いてください")
        raise ContentError([problem]) from None


@contextmanager
def open_room(project: Path, *, on: str = "", count_for: str = "") -> Iterator[Room]:
    """Open the audience database (bringing it up to date) and the studio for one command."""
    settings = console.settings_of(project, on=on)
    upgrade(schema, settings)
    engine = open_database(audience_url(settings))
    try:
        store = IssueStore(engine)
        studio = Studio(settings, discovery.sources(), store)
        expected = count_audience(engine, studio.newsletter(count_for)) if count_for else {}
        yield Room(settings, store, studio, ApprovalDesk(store), expected)
    finally:
        engine.dispose()
