"""Which issues are due, and how each is brought on its way; safe when two run at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine, Row, select

from generator.clock import TOKYO
from generator.errors import RefusedError
from generator.mail.mailer import Stager
from newsletters.approval import Act, ApprovalDesk, IssueState
from newsletters.delivery.freeze import UNDER_WAY, find_delivery, freeze_audience
from newsletters.delivery.journal import RESTORED, guard
from newsletters.delivery.run import Office, Worker
from newsletters.delivery.staging import EARLIEST_SECONDS
from newsletters.delivery.states import DeliveryState
from newsletters.issue.archive import record_submission, submissions
from newsletters.issue.draft import draft_path
from newsletters.issue.frozen import FrozenIssue, frozen_path, load_approved
from newsletters.store import IssueStore
from newsletters.tables import issues

LATE = "late"


@dataclass(frozen=True, slots=True)
class DueIssue:
    """An approved issue whose moment has come; ``submit_at`` is the one in force."""

    key: str
    newsletter: str
    issue_date: date
    approved_fingerprint: str
    submit_at: datetime


def due_issues(engine: Engine, now: int, lead_seconds: int) -> list[DueIssue]:
    """Return what is scheduled up to ``lead_seconds`` from now or under way, oldest first."""
    query = select(issues).where(issues.c.state.in_(UNDER_WAY), issues.c.submit_at.is_not(None))
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(issues.c.submit_at)).all()
    found = [_due(row) for row in rows]
    return [issue for issue in found if issue.submit_at.timestamp() <= now + lead_seconds]


def _load(due: DueIssue, content: Path) -> FrozenIssue:
    return load_approved(frozen_path(content, due.newsletter, due.issue_date), due.approved_fingerprint)


def _begin(office: Office, due: DueIssue, content: Path) -> tuple[FrozenIssue, int]:
    """Freeze the audience of an issue that is still what was approved; return both, ready to be worked on.

    An issue that is very late, or that the journal knows and the database does not, waits for a person.
    """
    _return_if_changed(office, due, content)
    issue, now = _load(due, content), int(office.clock())
    late = now - due.submit_at.timestamp() > office.policy(due.newsletter).late_seconds
    hold = RESTORED if office.journal.mentions(issue.key) else LATE if late else ""
    return issue, freeze_audience(office.engine, issue, due.submit_at, office.mailer.limits, now, hold=hold)


def run_due(
    office: Office, content: Path, watch: Callable[[Worker], None] = lambda _worker: None
) -> dict[str, DeliveryState]:
    """Bring every due issue as far as it will go now; ``watch`` sees each worker before it starts.

    An issue whose frozen bytes or draft are no longer what was approved goes back to review; when the others are done,
    ``RefusedError`` names what did not go.
    """
    guard(office.engine, office.journal, int(office.clock()))
    lead = EARLIEST_SECONDS if isinstance(office.mailer, Stager) else 0
    reached, refused = {}, []
    for due in due_issues(office.engine, int(office.clock()), lead):
        number = _find(office, due)
        if number is None and _must_wait(office, due):
            continue
        try:
            issue, number = _begin(office, due, content) if number is None else (_load(due, content), number)
        except RefusedError as refusal:
            refused.append(str(refusal))
            continue
        worker = Worker(office, issue, number)
        watch(worker)
        reached[issue.key] = worker.run()
    if refused:
        raise RefusedError("\n".join(refused))
    return reached


def keep_records(engine: Engine, content: Path) -> tuple[Path, ...]:
    """Write the record that makes a back number of each submitted issue that has none yet; return what was written.

    A process that died between the last answer and the record is made good by the next round. Raises ``OSError`` where
    ``content`` may not be written, ``RefusedError`` where a frozen issue is no longer what was approved.
    """
    recorded = {(s.newsletter, s.issue_date) for s in submissions(content)}
    written = []
    for record in IssueStore(engine).records():
        path = frozen_path(content, record.newsletter, record.issue_date)
        is_recorded = (record.newsletter, record.issue_date) in recorded
        if record.state == IssueState.SUBMITTED and record.submitted_at and not is_recorded and path.exists():
            frozen = load_approved(path, record.approved_fingerprint)
            written.append(record_submission(content, frozen, record.submitted_at.astimezone(TOKYO)))
    return tuple(written)


def _find(office: Office, due: DueIssue) -> int | None:
    with office.engine.connect() as connection:
        return find_delivery(connection, due.key)


def _return_if_changed(office: Office, due: DueIssue, content: Path) -> None:
    """Send an issue that is no longer what was approved back to review and raise why."""
    draft = draft_path(content, due.newsletter, due.issue_date)
    if not draft.exists():  # a place that sends needs the frozen issue alone
        return
    desk = ApprovalDesk(IssueStore(office.engine))
    at = datetime.fromtimestamp(office.clock(), TOKYO)
    frozen = frozen_path(content, due.newsletter, due.issue_date)
    desk.load_sendable(due.key, frozen, draft.read_bytes(), Act("koho", at))


def waiting_for_morning(office: Office) -> tuple[str, ...]:
    """Return the due issues that have not begun because of the quiet hours."""
    due = due_issues(office.engine, int(office.clock()), 0)
    return tuple(issue.key for issue in due if _find(office, issue) is None and _must_wait(office, issue))


def _must_wait(office: Office, due: DueIssue) -> bool:
    """An issue that was held up into the quiet hours begins after them, or is then too late and waits for a person."""
    leaves_at = max(office.clock(), due.submit_at.timestamp())
    return office.policy(due.newsletter).is_quiet_at(leaves_at)


def _due(row: Row[tuple[object, ...]]) -> DueIssue:
    moment: datetime = row.submit_at
    if moment.tzinfo is None:  # SQLite keeps no zone; the column is UTC
        moment = moment.replace(tzinfo=UTC)
    day = date.fromisoformat(row.issue_date)
    return DueIssue(row.key, row.newsletter, day, row.approved_fingerprint, moment)
