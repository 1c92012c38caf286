"""When a scheduled issue begins: at its moment, never in the quiet hours, and not by itself when it is too late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from generator.clock import TOKYO
from generator.errors import RefusedError
from newsletters.approval import IssueState
from newsletters.delivery import due
from newsletters.delivery.due import run_due
from newsletters.delivery.freeze import find_delivery
from newsletters.delivery.opening import close_office, open_office
from newsletters.delivery.states import DeliveryState
from newsletters.issue.draft import draft_path
from tests.newsletters.desk import Office, make_office

DAY = date(2023, 11, 22)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2023, 11, day, hour, minute, tzinfo=TOKYO)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office whose issue is to leave at eight in the evening."""
    office = make_office(tmp_path / "project")
    office.draft(DAY)
    frozen = office.freeze(DAY)
    office.approve(frozen)
    newsletter = office.studio.newsletter("magazine")
    office.desk.schedule(frozen, newsletter, at(22, 20), office.act(office.author, DAY))
    yield office
    office.close()


def run(office: Office, moment: datetime) -> dict[str, DeliveryState]:
    delivery = replace(open_office(office.settings), clock=moment.timestamp)
    try:
        return run_due(delivery, office.settings.content)
    finally:
        close_office(delivery)


def waiting(office: Office, moment: datetime) -> tuple[str, ...]:
    delivery = replace(open_office(office.settings), clock=moment.timestamp)
    try:
        return due.waiting_for_morning(delivery)
    finally:
        close_office(delivery)


def test_an_issue_leaves_at_its_moment_and_once(office: Office) -> None:
    assert run(office, at(22, 19, 59)) == {}
    assert run(office, at(22, 20, 1)) == {f"magazine/{DAY}": DeliveryState.SENT}
    assert run(office, at(22, 20, 2)) == {}


def test_an_issue_whose_draft_changed_after_its_approval_goes_back_to_review(office: Office) -> None:
    path = draft_path(office.settings.content, "magazine", DAY)
    path.write_text(path.read_text(encoding="utf-8") + "\n書き足し\n", encoding="utf-8")
    with pytest.raises(RefusedError, match="決裁のあとで原稿が変わりました"):
        run(office, at(22, 20, 1))
    record = office.store.find(f"magazine/{DAY}")
    assert record is not None
    assert record.state == IssueState.IN_REVIEW
    assert run(office, at(22, 20, 2)) == {}


def test_an_issue_that_is_cancelled_at_the_last_moment_is_not_frozen(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found_and_then_cancelled(*arguments: Any) -> list[due.DueIssue]:
        found = due_issues(*arguments)
        office.desk.cancel(f"magazine/{DAY}", replace(office.act(office.author, DAY), reason="誤り"))
        return found

    due_issues = due.due_issues
    draft_path(
        office.settings.content, "magazine", DAY
    ).unlink()  # a place that sends has the frozen issue alone
    monkeypatch.setattr(due, "due_issues", found_and_then_cancelled)
    with pytest.raises(RefusedError, match="取り消されました"):
        run(office, at(22, 20, 1))
    with office.engine.connect() as connection:
        assert find_delivery(connection, f"magazine/{DAY}") is None


@pytest.mark.parametrize("moment", [at(22, 21), at(22, 23, 30), at(23, 2), at(23, 7, 59)])
def test_an_issue_that_was_held_up_never_begins_in_the_quiet_hours(office: Office, moment: datetime) -> None:
    assert run(office, moment) == {}
    assert waiting(office, moment) == (f"magazine/{DAY}",)
    assert waiting(office, at(23, 8, 1)) == ()
    assert run(office, at(23, 8, 1)) == {f"magazine/{DAY}": DeliveryState.NEEDS_REVIEW}


def test_an_issue_of_a_newsletter_that_waits_longer_begins_after_the_quiet_hours(office: Office) -> None:
    path = office.settings.content / "newsletters.yml"
    words = path.read_text(encoding="utf-8")
    path.write_text(words.replace("late_after_hours: 6", "late_after_hours: 24"), encoding="utf-8")
    assert run(office, at(22, 22)) == {}
    assert run(office, at(23, 8, 1)) == {f"magazine/{DAY}": DeliveryState.SENT}
