"""A small organisation with a magazine: its project folder, its items through a year, and the people who act."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import yaml

from generator.clock import TOKYO
from generator.content.library import Contribution, make_library
from generator.content.model import Item, letter_address
from generator.settings import Settings
from generator.storage.database import open_database
from generator.storage.migrations import upgrade
from newsletters.approval import Act, Action, ApprovalDesk
from newsletters.calendar import submit_moment
from newsletters.delivery.due import keep_records
from newsletters.issue.archive import submissions
from newsletters.issue.draft import draft_path
from newsletters.issue.entry import catalogue, entry_of
from newsletters.issue.frozen import FrozenIssue, frozen_path
from newsletters.store import IssueStore
from newsletters.studio import Studio
from newsletters.tables import audience_url, schema
from tests.builders import make_event, make_grant, make_notice, make_settings

ROOT = Path(__file__).parent.parent.parent

Things = Callable[[date], Iterable[object]]


@dataclass
class ListSource:
    """A source that answers with what a test gives it."""

    things: Things
    name: str = "list"

    def fingerprint(self, settings: Settings) -> str:
        return ""

    def load(self, settings: Settings, on: date) -> Contribution:
        return Contribution(tuple(self.things(on)))


@dataclass
class Office:
    """Everything that an issue passes through."""

    settings: Settings
    things: Things
    author: str = "起案花子"
    approver: str = "決裁太郎"
    studio: Studio = field(init=False)
    store: IssueStore = field(init=False)
    desk: ApprovalDesk = field(init=False)

    def __post_init__(self) -> None:
        self.engine = open_database(audience_url(self.settings))
        self.store = IssueStore(self.engine)
        self.desk = ApprovalDesk(self.store)
        self.studio = Studio(self.settings, [ListSource(self.things)], self.store)

    def close(self) -> None:
        self.engine.dispose()

    def put_on_site(self, on: date) -> None:
        """Stand in for a build: a page for each item, and for each issue that was submitted."""
        things = catalogue(make_library(self.things(on), on=on)).values()
        addresses = [entry_of(thing).address for thing in things if isinstance(thing, Item)]
        sent = submissions(self.settings.content, "magazine")
        addresses += [f"{letter_address('magazine', 'ja')}{record.issue_date}/" for record in sent]
        for address in addresses:
            page = self.settings.site / address / "index.html"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.touch()

    def draft(self, day: date, **over: object) -> Path:
        self.put_on_site(day)
        bench = self.studio.bench(self.studio.newsletter("magazine"), day)
        return self.studio.draft(bench, day, **over)  # type: ignore[arg-type]

    def freeze(self, day: date, mark: str = "0123456789abcdef") -> FrozenIssue:
        bench = self.studio.bench(self.studio.newsletter("magazine"), day)
        frozen = self.studio.freeze(bench, self.studio.read("magazine", day), {"all": 10}, mark)
        self.desk.submit_for_approval(frozen, self.act(self.author, day))
        return frozen

    def approve(self, frozen: FrozenIssue) -> None:
        act = self.act(self.approver, frozen.issue_date)
        self.desk.approve(frozen, act, shown=frozen.fingerprint[:12])

    def schedule(self, frozen: FrozenIssue) -> None:
        newsletter = self.studio.newsletter("magazine")
        moment = submit_moment(newsletter, frozen.issue_date)
        self.desk.schedule(frozen, newsletter, moment, self.act(self.author, frozen.issue_date))

    def sendable(self, day: date) -> FrozenIssue:
        path = draft_path(self.settings.content, "magazine", day)
        frozen = frozen_path(self.settings.content, "magazine", day)
        return self.desk.load_sendable(f"magazine/{day}", frozen, path.read_bytes(), self.act("配信係", day))

    def submit(self, frozen: FrozenIssue) -> None:
        act = self.act("配信係", frozen.issue_date)
        for action in (Action.PREPARE, Action.START, Action.FINISH):
            self.desk.advance(frozen.key, action, act)
        assert keep_records(self.engine, self.settings.content)

    def act(self, who: str, day: date) -> Act:
        return Act(who, datetime.combine(day - timedelta(days=1), datetime.min.time(), TOKYO))


def make_office(folder: Path, things: Things | None = None) -> Office:
    (folder / "content").mkdir(parents=True)
    (folder / "templates").symlink_to(ROOT / "templates")
    declared = (ROOT / "content" / "newsletters.yml").read_text(encoding="utf-8")
    (folder / "content" / "newsletters.yml").write_text(declared, encoding="utf-8")
    assert yaml.safe_load(declared)["newsletters"][0]["name"] == "magazine"
    settings = make_settings(folder)
    upgrade(schema, settings)
    return Office(settings, things or a_week)


def a_week(on: date) -> tuple[object, ...]:
    return (
        make_grant(topics=("overseas", "funding"), summary="海外の展示会にかかる費用を助成します。"),
        make_event(title="現場改善セミナー", topics=("improvement",), deadline=date(2023, 12, 1)),
        make_notice(summary="12月29日から1月3日まで休みます。"),
    )
