"""A whole fiscal year of the magazine by simulated clock."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import jpholiday
import pytest

from generator.content.library import make_library
from generator.mail.message import Letter, Press, Recipient, Sender, tags_of
from newsletters.calendar import year_slots
from newsletters.issue.archive import back_issues, submissions
from newsletters.issue.draft import draft_path, write_draft
from newsletters.issue.entry import catalogue
from newsletters.issue.frozen import FrozenIssue, fingerprint_of, frozen_path, load_approved
from tests.builders import make_event, make_grant, make_notice
from tests.newsletters.desk import make_office

CANCELLED_ON = date(2023, 9, 18)
HELD = date(2023, 10, 18)
SENT_BACK, WRONG, CORRECTED = date(2023, 6, 7), date(2023, 7, 12), date(2023, 7, 14)


def things(on: date) -> Iterable[object]:
    first = date(2023, 4, 3)
    for week in range(53):
        day = first + timedelta(weeks=week)
        topics = ("overseas",) if week % 2 else ("improvement",)
        published = day - timedelta(days=30)
        yield make_event(f"event-{week}", day=day, title=f"催し {week}", topics=topics, published=published)
        yield make_notice(f"notice-{week}", title=f"お知らせ {week}", published=day, topics=("consultation",))
        if week % 4 == 0:
            closes = day + timedelta(days=40)
            yield make_grant(
                f"grant-{week}", title=f"助成 {week}", opens=day, closes=closes, topics=("funding",)
            )
    status = "cancelled" if on >= CANCELLED_ON else "scheduled"
    yield make_event("fair", day=HELD, title="海外展示会", topics=("overseas",), status=status)


@pytest.mark.journey
def test_a_year_of_the_magazine_counts_48_issues_and_its_overseas_items(tmp_path: Path) -> None:
    office = make_office(tmp_path / "project", things)
    newsletter = office.studio.newsletter("magazine")
    slots = year_slots(newsletter, 2023)
    assert len(slots) == 48
    assert all(s.issue_date.weekday() < 5 and not jpholiday.is_holiday(s.issue_date) for s in slots)
    days = sorted([*(s.issue_date for s in slots), CORRECTED])
    announced_cancelled = []
    left: dict[date, list[str]] = {}  # what left the house, by its digest
    for day in days:
        office.draft(day, corrects=WRONG if day == CORRECTED else None)
        issue = office.studio.read("magazine", day)
        lead = issue.lead or f"{day.month}月の号です。"
        lead = lead.replace("［誤りと、正しい内容を記入］", "時刻は、正しくは13時です。")
        write_draft(replace(issue, lead=lead), draft_path(office.settings.content, "magazine", day))
        frozen = office.freeze(day)
        if day == SENT_BACK:
            act = office.act(office.approver, day)
            office.desk.send_back(frozen.key, replace(act, reason="もう一言ください"))
            path = draft_path(office.settings.content, "magazine", day)
            path.write_text(path.read_text(encoding="utf-8") + "一言。\n", encoding="utf-8")
            office.draft(day)
            assert "一言。" in path.read_text(encoding="utf-8")
            frozen = office.freeze(day)
        office.approve(frozen)
        office.schedule(frozen)
        sendable = office.sendable(day)
        office.submit(sendable)
        left[day] = mail_digests(sendable)
        if "events/fair" in frozen.items and day >= CANCELLED_ON:
            announced_cancelled.append(day)
            assert "中止" in frozen.variants["all"].text
    sent = submissions(office.settings.content, "magazine")
    assert [s.number for s in sent] == list(range(481, 481 + 49))
    on = date(2024, 3, 31)
    items = catalogue(make_library(things(on), on=on))
    published, problems = back_issues(office.settings.content, items, {"magazine": newsletter.title})
    assert problems == ()
    assert sum(issue.plan.get("7-ウ", 0) for issue in published) == 48
    overseas = sum(issue.sections.get("overseas", 0) for issue in published if not issue.corrects)
    assert sum(issue.plan.get("1-1-ケ", 0) for issue in published) == overseas > 20
    assert announced_cancelled == [date(2023, 9, 20)]
    by_day = {issue.issue_date: issue for issue in published}
    assert by_day[CORRECTED].corrects == by_day[WRONG].address
    assert by_day[WRONG].corrected_by == by_day[CORRECTED].address
    told = [issue for issue in published if "events/fair" in issue.items and issue.issue_date < CANCELLED_ON]
    assert told
    assert all("「海外展示会」は中止になりました。" in issue.notes for issue in told)
    for record in sent:
        path = frozen_path(office.settings.content, "magazine", record.issue_date)
        assert fingerprint_of(load_approved(path, record.fingerprint)) == record.fingerprint
    _nothing_comes_twice_without_reason([issue.items for issue in published])
    office.close()
    _the_repository_alone_gives_every_mail_again(office.settings.content, tmp_path / "clone", left)


def mail_digests(frozen: FrozenIssue) -> list[str]:
    """Return a digest of each variant's whole mail, as one reader gets it."""
    home = "https://example.jp/"
    values = {frozen.unsubscribe_mark: f"{home}u", frozen.manage_mark: f"{home}m"}
    reader = Recipient("delivery", "reader@example.jp", values, f"{home}u")
    headers = tuple(frozen.headers.items())
    digests = []
    for face in frozen.variants.values():
        sender = Sender(frozen.sender_address, frozen.sender_name)
        letter = Letter(sender, face.subject, face.text, face.html, frozen.submit_at, headers=headers)
        mail = Press(letter, tags_of(letter, reader)).compose(reader)
        digests.append(hashlib.sha256(mail).hexdigest())
    return digests


def _the_repository_alone_gives_every_mail_again(
    content: Path, clone: Path, left: dict[date, list[str]]
) -> None:
    shutil.copytree(content, clone)
    again = {}
    for record in submissions(clone, "magazine"):
        path = frozen_path(clone, "magazine", record.issue_date)
        again[record.issue_date] = mail_digests(load_approved(path, record.fingerprint))
    assert again == left
    assert sum(map(len, left.values())) > 200


def _nothing_comes_twice_without_reason(issues: list[tuple[str, ...]]) -> None:
    times: dict[str, int] = {}
    for items in issues:
        for item in items:
            times[item] = times.get(item, 0) + 1
    often = {
        item: n for item, n in times.items() if n > 1 and not item.startswith(("grants/", "events/fair"))
    }
    assert often == {}
    assert max(times.values()) <= 2


def test_a_draft_of_the_same_day_is_the_same_text(tmp_path: Path) -> None:
    office = make_office(tmp_path / "project", things)
    path = office.draft(date(2023, 5, 17))
    first = path.read_bytes()
    office.draft(date(2023, 5, 17))
    assert path.read_bytes() == first
    assert datetime.fromisoformat("2023-05-17").date().isoformat() in first.decode()
    office.close()
