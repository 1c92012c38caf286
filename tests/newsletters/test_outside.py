from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from generator.clock import TOKYO
from generator.errors import Severity
from generator.feeds.fetch import FeedError
from newsletters.issue.checks import check_issue, outside_links
from newsletters.issue.outside import LinkAnswer, answers_path, ask_outside, read_answers
from newsletters.room import MARKS
from tests.builders import make_settings
from tests.newsletters.desk import Office, make_office

DAY = date(2023, 11, 22)
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=TOKYO)
A, B, C = "https://a.example.jp/1", "https://a.example.jp/2", "https://b.example.jp/"


class Net:
    """An open network of a few pages; the rest of it does not answer."""

    def __init__(self, pages: Mapping[str, int]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def __call__(self, link: str) -> int:
        self.asked.append(link)
        if link not in self.pages:
            raise FeedError("名前が引けません")
        return self.pages[link]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = make_office(tmp_path_factory.mktemp("outside") / "project")
    office.draft(DAY)
    yield office
    office.close()


def told(office: Office, answers: Mapping[str, LinkAnswer] | None) -> list[tuple[Severity, str]]:
    bench = office.studio.bench(office.studio.newsletter("magazine"), DAY)
    issue = replace(office.studio.read("magazine", DAY), lead=f"[一]({A}) [二]({B}) [三]({C}) [内](/)")
    inspection = bench.inspect(issue, MARKS, answers)
    assert outside_links(inspection) == (A, B, C)
    return [(p.severity, f"{p.value} {p.message}") for p in check_issue(inspection) if "外の" in p.field]


def answers(**status: int) -> dict[str, LinkAnswer]:
    links = {"a": A, "b": B, "c": C}
    return {
        links[name]: LinkAnswer(code, NOW.isoformat(), "名前が引けません") for name, code in status.items()
    }


def test_a_page_that_is_gone_is_an_error_and_a_server_that_sulks_a_warning(office: Office) -> None:
    found = told(office, answers(a=200, b=404, c=503))
    assert found == [
        (Severity.ERROR, f"{B} リンクの先がありません（2026-11-25 に 404）"),
        (Severity.WARNING, f"{C} 503 が返りました"),
    ]


def test_one_that_does_not_answer_among_others_that_do_is_a_warning_of_its_own(office: Office) -> None:
    assert told(office, answers(a=200, b=200, c=0)) == [(Severity.WARNING, f"{C} 名前が引けません")]


def test_without_a_network_one_warning_says_that_nothing_was_checked(office: Office) -> None:
    assert told(office, answers(a=0, b=0, c=0)) == [
        (Severity.WARNING, "3 件 確かめられませんでした（つながりません）")
    ]
    assert told(office, None) == [(Severity.WARNING, "3 件 確かめていません")]
    assert told(office, answers(a=200, b=204, c=200)) == []


def test_what_was_there_today_is_not_asked_again_and_what_was_not_is(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    net = Net({A: 200, B: 404})
    first = ask_outside([A, B, C, A], settings, NOW, ask=net)
    assert [first[link].status for link in (A, B, C)] == [200, 404, 0]
    assert sorted(net.asked) == [A, B, C]
    net.asked.clear()
    again = ask_outside([A, B, C], settings, NOW + timedelta(hours=23), ask=net)
    assert sorted(net.asked) == [B, C]
    assert again[A].at == NOW.isoformat()
    net.asked.clear()
    ask_outside([A], settings, NOW + timedelta(hours=25), ask=net)
    assert net.asked == [A]
    assert set(read_answers(answers_path(settings))) == {A, B, C}


def test_one_host_is_asked_one_thing_at_a_time(tmp_path: Path) -> None:
    busy = threading.Lock()
    together = []

    def ask(_link: str) -> int:
        together.append(not busy.acquire(blocking=False))
        busy.release()
        return 200

    links = [f"https://a.example.jp/{n}" for n in range(20)]
    assert len(ask_outside(links, make_settings(tmp_path), NOW, ask=ask)) == 20
    assert not any(together)


@pytest.mark.parametrize("words", ["", "{", "[]", '{"x": {"y": 1}}'])
def test_answers_that_cannot_be_read_are_only_forgotten(tmp_path: Path, words: str) -> None:
    path = tmp_path / "links.json"
    path.write_text(words, encoding="utf-8")
    assert read_answers(path) == {}
