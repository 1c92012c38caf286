"""The magazine from the command line, as the people at the desk type it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from generator import clock
from generator.clock import TOKYO
from generator.content.model import BackIssue
from generator.errors import KohoError, ServiceError
from newsletters.approval import Action
from newsletters.audience.model import Consent
from newsletters.audience.store import open_audience
from newsletters.cli import app
from newsletters.delivery import commands, due
from newsletters.issue import outside
from newsletters.issue.archive import record_submission
from newsletters.issue.frozen import frozen_path, load_frozen
from newsletters.room import open_room
from newsletters.source import back_issue_source
from tests.builders import ON, make_settings

pytestmark = pytest.mark.journey

ROOT = Path(__file__).parent.parent.parent
DAY = str(ON)
CONSENT = Consent(1_700_000_000, "form", "同意", "/mail/subscribe")
SENT_AT = datetime(2023, 11, 22, 11, 0, tzinfo=TOKYO)
NOTICE = "---\ntitle: {title}\npublished: {day}\ntopics: [{topic}]\n---\n\n本文です。\n"


@dataclass
class Desk:
    """One project, typed at."""

    project: Path

    def type(self, *words: str) -> str:
        """Run a command that must succeed; return what it says."""
        code, said = self.try_to(*words)
        assert code == 0, said
        return said

    def try_to(self, *words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, [*words, "--project", str(self.project)])
        if isinstance(result.exception, KohoError):
            return int(result.exception.exit_code), str(result.exception)
        return result.exit_code, result.output

    def submit(self) -> str:
        """Submit the draft and return the fingerprint that is shown."""
        said = self.type("submit-for-approval", "magazine", DAY, "--by", "起案花子")
        return said.split("--fingerprint ")[1][:12]

    def edit(self, before: str, after: str) -> None:
        path = self.project / "content" / "issues" / "magazine" / f"{DAY}.md"
        words = path.read_text(encoding="utf-8")
        assert before in words
        path.write_text(words.replace(before, after), encoding="utf-8")

    @property
    def actions(self) -> list[str]:
        with open_room(self.project) as room:
            return [step.action for step in room.store.steps(f"magazine/{DAY}")]


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be midday, at the desk and where mail is sent: at night nothing begins."""
    moment = datetime.now(TOKYO).replace(hour=12, minute=0)
    monkeypatch.setattr(clock, "now", lambda: moment)
    opened = commands.open_office
    monkeypatch.setattr(commands, "open_office", lambda s: replace(opened(s), clock=moment.timestamp))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for name in [name for name in os.environ if name.startswith("KOHO_")]:
        monkeypatch.delenv(name)
    content = tmp_path / "content"
    (content / "notices" / "2023").mkdir(parents=True)
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    (tmp_path / "settings.toml").write_text(f"on = {DAY}\n", encoding="utf-8")
    declared = (ROOT / "content" / "newsletters.yml").read_text(encoding="utf-8")
    (content / "newsletters.yml").write_text(declared, encoding="utf-8")
    for slug, topic in (("rest", "consultation"), ("fair", "overseas"), ("tool", "digital")):
        words = NOTICE.format(title=f"お知らせ {slug}", day="2023-11-20", topic=topic)
        (content / "notices" / "2023" / f"{slug}.md").write_text(words, encoding="utf-8")
        page = tmp_path / "build" / "site" / "notices" / "2023" / slug / "index.html"
        page.parent.mkdir(parents=True)
        page.touch()
    return Desk(tmp_path)


def subscribe(desk: Desk, *addresses: str) -> None:
    audience = open_audience(make_settings(desk.project))
    for address in addresses:
        audience.confirm(audience.subscribe(address, "magazine", CONSENT), "magazine", CONSENT)
    audience.close()


def test_an_issue_is_made_decided_and_scheduled_from_the_command_line(desk: Desk) -> None:
    assert "未着手" in desk.type("status")
    assert "記事 3 件" in desk.type("draft", "magazine", "--by", "起案花子")
    assert "誤り 0 件" in desk.type("check", "magazine")
    assert "版 7" in desk.type("preview", "magazine")
    subscribe(desk, "a@example.jp", "b@example.jp")
    first = desk.submit()
    assert "回議中" in desk.type("status")
    said = desk.type("review", "magazine")
    for words in ("2人（前の号はありません）", "はじめての回議", "すべての分野: 2人", first):
        assert words in said
    said = desk.type("send-back", "magazine", DAY, "--by", "決裁太郎", "--reason", "一言ください")
    assert "差し戻しました" in said
    assert "差戻しの直しがまだです" in desk.type("status")

    desk.edit("{#lead}\n", "{#lead}\n\n寒くなりました。\n")
    desk.edit("- notices/tool\n", "")
    said = desk.type("draft", "magazine")  # the issue that was sent back, not the next one
    assert DAY in said
    second = desk.submit()
    assert second != first
    said = desk.type("review", "magazine", DAY)
    for words in ("+寒くなりました。", "- お知らせ tool", "起案花子の案との違い", "件名: 【中小企業だより"):
        assert words in said, said
    assert "- お知らせ rest" not in said

    code, said = desk.try_to("approve", "magazine", DAY, "--by", "決裁太郎")
    assert (code, "--fingerprint" in said) == (4, True)
    code, said = desk.try_to("approve", "magazine", DAY, "--by", "決裁太郎", "--fingerprint", first)
    assert (code, "回議中の号の指紋" in said) == (4, True)
    code, said = desk.try_to("approve", "magazine", DAY, "--by", "起案　花子", "--fingerprint", second)
    assert (code, "自分の号" in said) == (4, True)
    delegated = ("--by", "代理一郎", "--on-behalf-of", "決裁太郎", "--fingerprint", second)
    assert "代理一郎（決裁太郎の代決）が決裁しました" in desk.type("approve", "magazine", DAY, *delegated)
    assert "配信の予約がまだです" in desk.type("status")

    code, said = desk.try_to("schedule", "magazine", DAY, "--by", "担当", "--at", f"{DAY}T23:00")
    assert (code, "21:00〜08:00" in said) == (4, True)
    code, said = desk.try_to("schedule", "magazine", DAY, "--by", "担当", "--at", "あした")
    assert (code, "2023-11-22T15:00" in said) == (1, True)
    notice = desk.project / "content" / "notices" / "2023" / "rest.md"
    notice.write_text(
        NOTICE.format(title="お知らせ 変更", day="2023-11-20", topic="overseas"), encoding="utf-8"
    )
    said = desk.type("schedule", "magazine", DAY, "--by", "担当", "--at", "2023-11-24T10:53")
    assert "凍結のあとで変わりました: 「お知らせ rest」" in said
    said = desk.type("reschedule", "magazine", DAY, "--by", "担当", "--at", "2023-11-24T15:00")
    assert "2023-11-24 15:00 に配信します" in said
    (row, *_) = orjson.loads(desk.type("status", "--json"))
    assert (row["state"], row["missing"], row["command"]) == ("配信待ち", "", "")
    assert "第481号" in desk.type("calendar") or "配信待ち" in desk.type("calendar")
    assert desk.actions == [
        Action.SUBMIT_FOR_APPROVAL,
        Action.SEND_BACK,
        Action.SUBMIT_FOR_APPROVAL,
        Action.APPROVE,
        Action.SCHEDULE,
        Action.RESCHEDULE,
    ]


def test_a_dead_outside_link_is_refused_and_no_network_is_only_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.type("draft", "magazine")
    link = "https://gone.example.jp/"
    desk.edit("{#lead}\n", f"{{#lead}}\n\n[外のページ]({link})を見てください。\n")

    def silent(_link: str, **_: object) -> int:
        raise ServiceError("名前が引けません")

    monkeypatch.setattr(outside, "probe", silent)
    said = desk.type("check", "magazine")
    assert "1 件" in said
    assert "つながりません" in said
    assert "確かめていません" in desk.type("check", "magazine", "--offline")
    monkeypatch.setattr(outside, "probe", lambda _link, **_: 404)
    code, said = desk.try_to("check", "magazine")
    assert (code, f"{link}" in said, "誤り 1 件" in said) == (1, True, True)
    code, said = desk.try_to("submit-for-approval", "magazine", "--by", "起案花子")
    assert (code, "リンクの先がありません" in said) == (1, True)
    monkeypatch.setattr(outside, "probe", lambda _link, **_: 200)
    assert "回議に出しました" in desk.type("submit-for-approval", "magazine", "--by", "起案花子")


def test_a_changed_draft_is_not_scheduled_but_returned_to_review(desk: Desk) -> None:
    desk.type("draft", "magazine")
    shown = desk.submit()
    desk.type("approve", "magazine", DAY, "--by", "決裁太郎", "--fingerprint", shown)
    desk.edit("## 編集後記", "あとから一言。\n\n## 編集後記")
    code, said = desk.try_to("schedule", "magazine", DAY, "--by", "担当", "--at", "2023-11-24T10:53")
    assert (code, "原稿が変わりました" in said) == (4, True)
    assert desk.actions[-1] == Action.RETURN
    assert "回議中" in desk.type("status")


@pytest.mark.parametrize(("deed", "action"), [("reject", Action.REJECT), ("cancel", Action.CANCEL)])
def test_a_rejected_or_cancelled_issue_keeps_its_number_and_says_so(
    desk: Desk, deed: str, action: Action
) -> None:
    desk.type("draft", "magazine")
    desk.submit()
    code, said = desk.try_to(deed, "magazine", DAY, "--by", "決裁太郎", "--reason", " ")
    assert (code, "理由" in said) == (4, True)
    number = orjson.loads(desk.type("status", "--json"))[0]["number"]
    said = desk.type(deed, "magazine", DAY, "--by", "決裁太郎", "--reason", "見合わせます")
    assert f"第{number}号は欠番です" in said
    assert desk.actions[-1] == action
    (row, after, *_) = orjson.loads(desk.type("status", "--json"))
    assert (row["state"], row["command"], after["number"]) == ("取りやめ", "", number + 1)
    code, said = desk.try_to("schedule", "magazine", DAY, "--by", "担当", "--at", "2023-11-24T10:53")
    assert (code, "取りやめの号は送れません" in said) == (4, True)


def test_an_issue_that_went_out_is_never_written_over(desk: Desk) -> None:
    desk.type("draft", "magazine")
    desk.submit()
    path = frozen_path(desk.project / "content", "magazine", ON)
    record_submission(desk.project / "content", load_frozen(path), SENT_AT)
    before = path.read_bytes()
    for words in (("draft", "magazine", DAY), ("submit-for-approval", "magazine", DAY, "--by", "起案花子")):
        code, said = desk.try_to(*words)
        assert (code, "訂正号" in said) == (4, True)
    assert path.read_bytes() == before
    desk.type("draft", "magazine", "2023-12-06")
    said = desk.type("draft", "magazine", "2023-11-24", "--corrects", DAY, "--by", "起案花子")
    number = load_frozen(path).number
    assert f"第{number + 1}号（2023-11-24）" in said
    assert "おわびして訂正します" in (path.parent / "2023-11-24.md").read_text(encoding="utf-8")
    said = desk.type("status")
    for number_and_day in (
        f"2023-11-24（金） 中小企業だより（訂正号） 第{number + 1}号",
        f"2023-12-06（水） 中小企業だより 第{number + 2}号",
    ):
        assert number_and_day in said, said
    assert "17回（ほかに訂正号 1回）" in desk.type("calendar")
    assert "記事 0 件" in desk.type("draft", "magazine", "2023-11-24")
    code, said = desk.try_to("draft", "magazine", "2023-12-06", "--corrects", DAY)
    assert (code, "もう原稿があります" in said) == (4, True)
    code, said = desk.try_to("draft", "magazine", "2023-11-27", "--corrects", "2023-11-20")
    assert (code, "訂正号は作れません" in said) == (4, True)
    code, said = desk.try_to("check", "magazine", "2023-11-24")
    assert (code, "記入］" in said, "送りません" in said) == (1, True, False)
    correction = path.parent / "2023-11-24.md"
    words = correction.read_text(encoding="utf-8").replace("［誤りと、正しい内容を記入］", "13時からです。")
    correction.write_text(words, encoding="utf-8")
    code, said = desk.try_to("check", "magazine", "2023-11-24")
    assert (code, f"newsletters/magazine/{DAY}/」: リンクの先がありません" in said, "koho build" in said) == (
        1,
        True,
        True,
    )
    back_number = desk.project / "build" / "site" / "newsletters" / "magazine" / DAY / "index.html"
    back_number.parent.mkdir(parents=True)
    back_number.touch()
    desk.type("submit-for-approval", "magazine", "2023-11-24", "--by", "起案花子")
    everybody = load_frozen(frozen_path(desk.project / "content", "magazine", date(2023, 11, 24)))
    assert len(everybody.variants) == 7
    code, said = desk.try_to("check", "magazine", "2023-12-06")
    assert (code, f"いまは第{number + 2}号" in said) == (1, True)
    desk.type("draft", "magazine", "2023-12-06")
    assert "になる番です" not in desk.try_to("check", "magazine", "2023-12-06")[1]


def back_numbers(desk: Desk) -> list[BackIssue]:
    things = back_issue_source.load(make_settings(desk.project), ON).things
    return [thing for thing in things if isinstance(thing, BackIssue)]


def test_what_was_sent_becomes_a_back_number_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.type("draft", "magazine", "--by", "起案花子")
    shown = desk.submit()
    subscribe(desk, "a@example.jp")
    desk.type("approve", "magazine", DAY, "--by", "決裁太郎", "--fingerprint", shown)
    desk.type("schedule", "magazine", DAY, "--by", "担当", "--at", f"{DAY}T20:59")
    code, said = desk.try_to(
        "run-due"
    )  # the sample's moment is years ago: a person must say that it may still go
    assert (code, f"report magazine {DAY}" in said) == (4, True)
    assert f"resume magazine {DAY}" in desk.type("report", f"magazine/{DAY}")
    assert "配信中" in desk.type("status")
    desk.type("resume", f"magazine/{DAY}", "--by", "担当")

    def refuse(*_: object) -> Path:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(due, "record_submission", refuse)
        said = desk.type("run-due")
    assert f"magazine/{DAY}: 配信済み" in said
    assert "バックナンバーの記録を書けません" in said
    assert back_numbers(desk) == []
    assert "バックナンバーの記録がまだです" in desk.type("status")
    assert "バックナンバーの記録を書きました" in desk.type("run-due")
    (sent,) = back_numbers(desk)
    frozen = load_frozen(frozen_path(desk.project / "content", "magazine", ON))
    assert (sent.number, sent.body_html) == (frozen.number, frozen.web_html.strip())
    assert "バックナンバーの記録" not in desk.type("status") + desk.type("run-due")
    assert "配信済み" in desk.type("calendar")


def test_the_reader_of_an_empty_variant_is_counted_but_not_as_a_recipient(desk: Desk) -> None:
    for slug in ("rest", "tool"):
        (desk.project / "content" / "notices" / "2023" / f"{slug}.md").unlink()
    desk.type("draft", "magazine")
    audience = open_audience(make_settings(desk.project))
    person = audience.subscribe("a@example.jp", "magazine", CONSENT)
    audience.confirm(person, "magazine", CONSENT)
    audience.choose_topics(person, "magazine", ["digital"])
    audience.close()
    assert "この分野だけを選んだ方には" in desk.type("check", "magazine")
    desk.submit()
    said = desk.type("review", "magazine")
    assert "ものづくり・知財・デジタル化: 記事がないので送りません（1人）" in said
    assert "宛先      0人" in said
    assert "送らない版: ものづくり" in desk.type("calendar")


def test_a_test_mail_goes_to_the_allowed_only(desk: Desk) -> None:
    desk.type("draft", "magazine")
    code, said = desk.try_to("test-send", "magazine", "--to", "x@example.jp")
    assert (code, "test_addresses" in said) == (4, True)
    assert "x@example.jp" not in said
    settings = desk.project / "settings.toml"
    settings.write_text(f'on = {DAY}\n[options]\ntest_addresses = ["me@example.jp"]\n', encoding="utf-8")
    assert "試し送り 1 通" in desk.type("test-send", "magazine", "--to", "me@example.jp")
    (mail,) = (desk.project / "build" / "outbox").rglob("*.eml")
    assert "me@example.jp" in mail.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("review", "magazine"), "回議中の号はありません"),
        (("review", "magazine", DAY), "まだ回議に出ていません"),
        (("check", "magazine"), "原稿がありません"),
        (("draft", "nothing"), "あるもの: magazine"),
        (("draft", "magazine", "11/22"), "2023-11-22 の形"),
        (("approve", "magazine", DAY, "--by", "決裁太郎", "--fingerprint", "x"), "凍結した号がありません"),
        (("send-back", "magazine", DAY, "--by", "決裁太郎", "--reason", "x"), "submit-for-approval"),
    ],
)
def test_what_cannot_be_done_yet_says_what_to_do(desk: Desk, words: tuple[str, ...], told: str) -> None:
    code, said = desk.try_to(*words)
    assert code != 0
    assert told in said
