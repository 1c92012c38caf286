from __future__ import annotations

import lzma
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from generator.clock import TOKYO
from generator.errors import RefusedError
from newsletters.approval import TRANSITIONS, Action, IssueState
from newsletters.issue.draft import draft_path
from newsletters.issue.frozen import FrozenIssue, frozen_path, load_approved, load_frozen, save_frozen, seal
from tests.newsletters.desk import Office, make_office

DAY = date(2023, 11, 22)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = make_office(tmp_path / "project")
    office.draft(DAY)
    yield office
    office.close()


@pytest.fixture
def approved(office: Office) -> FrozenIssue:
    frozen = office.freeze(DAY)
    office.approve(frozen)
    return frozen


def test_an_author_cannot_approve_the_own_issue(office: Office) -> None:
    frozen = office.freeze(DAY)
    with pytest.raises(RefusedError, match="自分の号"):
        office.desk.approve(frozen, office.act(office.author, DAY), shown=frozen.fingerprint)


@pytest.mark.parametrize("shown", ["", "0123456789ab", "short"])
def test_an_approver_must_give_the_fingerprint_that_was_shown(office: Office, shown: str) -> None:
    frozen = office.freeze(DAY)
    with pytest.raises(RefusedError, match="指紋"):
        office.desk.approve(frozen, office.act(office.approver, DAY), shown=shown)


def test_nothing_is_sendable_before_its_approval(office: Office) -> None:
    office.freeze(DAY)
    with pytest.raises(RefusedError, match="決裁"):
        office.sendable(DAY)


def test_an_approved_issue_is_sendable_byte_for_byte(office: Office, approved: FrozenIssue) -> None:
    assert office.sendable(DAY) == approved


def test_a_delegated_approval_names_both_persons(office: Office) -> None:
    frozen = office.freeze(DAY)
    act = office.act("代理一郎", DAY)
    act = type(act)(act.who, act.at, on_behalf_of=office.approver)
    office.desk.approve(frozen, act, shown=frozen.fingerprint)
    last = office.store.steps(frozen.key)[-1]
    assert (last.who, last.on_behalf_of, last.action) == ("代理一郎", office.approver, Action.APPROVE)


def leaves(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from leaves(child, (*path, index))
    else:
        yield path


def change_one_byte(value: object) -> object:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str() if value[:4].isdigit() and value[4:5] == "-":
            return value.replace("2023", "2024", 1)
        case str():
            return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"
    raise AssertionError(value)


def test_one_byte_changed_anywhere_in_the_frozen_file_makes_an_issue_unsendable(
    office: Office, approved: FrozenIssue
) -> None:
    path = frozen_path(office.settings.content, "magazine", DAY)
    original = path.read_bytes()
    values = orjson.loads(lzma.decompress(original))
    places = list(leaves(values))
    assert len(places) > 60
    for place in places:
        changed = orjson.loads(orjson.dumps(values))
        node = changed
        for step in place[:-1]:
            node = node[step]
        node[place[-1]] = change_one_byte(node[place[-1]])
        path.write_bytes(lzma.compress(orjson.dumps(changed), preset=0))
        with pytest.raises(RefusedError):
            load_approved(path, approved.fingerprint)
    with pytest.raises(RefusedError):
        office.sendable(DAY)
    after = office.store.find(approved.key)
    assert after is not None
    assert (after.state, after.approved_fingerprint) == (IssueState.IN_REVIEW, "")
    path.write_bytes(original)
    with pytest.raises(RefusedError, match="決裁"):
        office.sendable(DAY)
    office.approve(approved)
    assert office.sendable(DAY) == approved


@pytest.mark.parametrize("place", [0, 100, -1])
def test_a_damaged_frozen_file_is_refused(office: Office, approved: FrozenIssue, place: int) -> None:
    path = frozen_path(office.settings.content, "magazine", DAY)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(RefusedError):
        office.sendable(DAY)


def test_one_byte_changed_in_the_draft_returns_the_issue_to_review(
    office: Office, approved: FrozenIssue
) -> None:
    path = draft_path(office.settings.content, "magazine", DAY)
    path.write_text(path.read_text(encoding="utf-8") + "。", encoding="utf-8")
    with pytest.raises(RefusedError, match="原稿が変わりました"):
        office.sendable(DAY)
    record = office.store.find(approved.key)
    assert record is not None
    assert record.state == IssueState.IN_REVIEW


def test_a_resealed_forgery_is_not_what_was_approved(office: Office, approved: FrozenIssue) -> None:
    path = frozen_path(office.settings.content, "magazine", DAY)
    save_frozen(seal(replace(approved, reply_to="other@example.jp")), path)
    with pytest.raises(RefusedError, match="決裁を受けた内容と違います"):
        office.sendable(DAY)


def test_a_changed_issue_becomes_sendable_by_a_new_approval(office: Office, approved: FrozenIssue) -> None:
    path = draft_path(office.settings.content, "magazine", DAY)
    path.write_text(path.read_text(encoding="utf-8") + "寒くなりました。\n", encoding="utf-8")
    again = office.freeze(DAY)
    assert again.fingerprint != approved.fingerprint
    with pytest.raises(RefusedError):
        office.sendable(DAY)
    office.approve(again)
    assert "寒くなりました" in office.sendable(DAY).variants["all"].text


def test_a_sent_back_issue_needs_a_reason_and_a_new_round(office: Office) -> None:
    frozen = office.freeze(DAY)
    act = office.act(office.approver, DAY)
    with pytest.raises(RefusedError, match="理由"):
        office.desk.send_back(frozen.key, act)
    office.desk.send_back(frozen.key, type(act)(act.who, act.at, "件名を短く"))
    with pytest.raises(RefusedError, match="起案中"):
        office.approve(frozen)
    office.approve(office.freeze(DAY))
    assert [s.action for s in office.store.steps(frozen.key)] == [
        "submit_for_approval",
        "send_back",
        "submit_for_approval",
        "approve",
    ]


def test_quiet_hours_and_past_moments_are_refused(office: Office, approved: FrozenIssue) -> None:
    newsletter = office.studio.newsletter("magazine")
    act = office.act(office.author, DAY)
    with pytest.raises(RefusedError, match="時間帯"):
        office.desk.schedule(approved, newsletter, datetime(2023, 11, 22, 22, 0, tzinfo=TOKYO), act)
    with pytest.raises(RefusedError, match="過ぎて"):
        office.desk.schedule(approved, newsletter, act.at - timedelta(hours=1), act)
    office.schedule(approved)
    later = datetime(2023, 11, 22, 15, 0, tzinfo=TOKYO)
    assert office.desk.schedule(approved, newsletter, later, act).submit_at == later


def test_of_two_people_who_act_at_once_one_is_told(office: Office) -> None:
    frozen = office.freeze(DAY)
    before = office.store.find(frozen.key)
    assert before is not None
    office.approve(frozen)
    step = office.store.steps(frozen.key)[-1]
    assert not office.store.move(before, before, step)


def test_an_action_from_a_wrong_state_changes_nothing(office: Office) -> None:
    frozen = office.freeze(DAY)
    record = office.store.find(frozen.key)
    assert record is not None
    step = office.store.steps(frozen.key)[-1]
    for state in IssueState:
        placed = replace(record, state=state)
        assert office.store.move(record, placed, step)
        record = placed
        for action in {*Action} - {Action.SUBMIT_FOR_APPROVAL, Action.APPROVE}:
            if state not in TRANSITIONS[action].sources:
                with pytest.raises(RefusedError):
                    office.desk.advance(frozen.key, action, office.act("係", DAY))
        assert office.store.find(frozen.key) == placed


def test_a_frozen_issue_reads_back_equal(office: Office) -> None:
    frozen = office.freeze(DAY)
    again = load_frozen(frozen_path(office.settings.content, "magazine", DAY))
    assert (again, again.fingerprint) == (frozen, frozen.fingerprint)


def test_topics_lead_to_their_variant_and_none_means_everything(office: Office) -> None:
    frozen = office.freeze(DAY)

    def key(*topics: str) -> str | None:
        found = frozen.variant_for(topics)
        return found.key if found else None

    assert key() == "all"
    assert key("overseas") == "overseas"
    assert key("startup", "funding") == "business"
    assert key("startup", "overseas") == "overseas+business"
    assert key("overseas", "ip", "funding") == "all"
    assert "現場改善" not in frozen.variants["overseas"].html
    assert "年末の休業" in frozen.variants["overseas"].html
