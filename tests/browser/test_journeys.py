"""A reader's way and a visitor's way, on a small phone without JavaScript, through a real browser and real mails."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page

from newsletters.audience.model import Consent, SubscriptionState
from newsletters.audience.store import open_audience
from tests.browser.conftest import open_context, press
from tests.browser.test_doors import EVENT, fill_up
from tests.builders import ON
from tests.issued import send_next_issue
from tests.served import Town, open_town

pytestmark = [pytest.mark.browser, pytest.mark.journey]

READER, OTHER = "reader@example.jp", "other@example.jp"
CONSENT = Consent(1_700_000_000, "form", "同意", "/mail/subscribe")
KOHO = Path(sys.executable).with_name("koho")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with open_town(tmp_path_factory.mktemp("journeys")) as town:
        yield town


@pytest.fixture
def page(chromium: Browser, town: Town) -> Iterator[Page]:
    size = {"width": 320, "height": 640}
    with open_context(chromium, origin=town.origin, viewport=size, java_script_enabled=False) as context:
        yield context.new_page()


def mails_to(town: Town, address: str) -> list[EmailMessage]:
    return [mail for mail in town.mails("*") if mail["To"] == address]


def state_of(town: Town, address: str) -> tuple[SubscriptionState, tuple[str, ...]]:
    audience = open_audience(town.settings)
    found = audience.find(address)
    assert found
    (subscription,) = audience.subscriptions(found.id)
    audience.close()
    return subscription.state, subscription.topics


def leave_by_one_click(mail: EmailMessage) -> int:
    """Do what a mail client does with the two headers of RFC 8058; a redirect would be an error."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<(http[^>]+)>", re.sub(r"\s", "", str(mail["List-Unsubscribe"])))
    assert found
    one_click, origin = {"List-Unsubscribe": "One-Click"}, {"Origin": "https://mail.example"}
    return httpx2.post(found[1], data=one_click, headers=origin, follow_redirects=False).status_code


def test_a_reader_subscribes_reads_chooses_leaves_and_gets_nothing_more(page: Page, town: Town) -> None:
    audience = open_audience(town.settings)
    audience.confirm(audience.subscribe(OTHER, "magazine", CONSENT), "magazine", CONSENT)
    audience.close()

    page.goto(town.origin)
    page.locator("main a[href*='mail/subscribe']").first.click()
    page.get_by_label("メールアドレス").fill(READER)
    page.locator("#f-agree").check()
    assert "確認のメール" in press(page, "確認メールを受け取る")
    (asked,) = town.wait_for_mails("subscriptions", 1)
    page.goto(town.link(asked, "/mail/confirm"))
    assert state_of(town, READER)[0] is SubscriptionState.UNCONFIRMED  # looking is not confirming
    assert "登録が終わりました" in press(page, "登録する")

    first = send_next_issue(town, ON)
    issue = mails_to(town, READER)[-1]
    assert len(mails_to(town, OTHER)) == 1

    page.goto(town.link(issue, "/mail/preferences"))
    for box in page.locator("input[name='topic-magazine']").all()[1:]:
        box.uncheck()
    assert "変更を保存しました" in press(page, "この内容で保存する")
    assert state_of(town, READER) == (SubscriptionState.CONFIRMED, ("overseas",))

    assert leave_by_one_click(issue) == 200
    assert state_of(town, READER)[0] is SubscriptionState.UNSUBSCRIBED
    page.goto(town.link(issue, "/mail/preferences"))
    assert "いま受け取っているメールマガジンはありません" in page.locator("main").inner_text()

    assert send_next_issue(town, first + timedelta(days=1)) > first
    assert len(mails_to(town, OTHER)) == 2
    assert len(mails_to(town, READER)) == 2  # the confirmation and the first issue


def register(page: Page, town: Town, name: str, address: str) -> str:
    page.goto(f"{town.origin}/register/2023/{EVENT}/")
    page.get_by_label("お名前").fill(name)
    page.get_by_label("メールアドレス").fill(address)
    return press(page, "申し込んで確認メールを受け取る")


def test_the_last_place_goes_once_and_moves_on_when_it_is_given_back(page: Page, town: Town) -> None:
    fill_up(town)  # 99 of 100
    page.goto(f"{town.origin}/events/2023/{EVENT}/")
    assert page.locator(f"a[href$='/register/2023/{EVENT}/']").count() > 0
    assert "受け付けました" in register(page, town, "=見本 太郎", "last@example.jp")
    assert "受け付けました" in register(page, town, "=見本 太郎", "last@example.jp")  # pressed again
    page.goto(f"{town.origin}/register/2023/{EVENT}/")
    assert "満席" in page.locator("main").inner_text()
    assert "キャンセル待ち" in register(page, town, "待つ人", "waits@example.jp")

    taken, waiting = town.wait_for_mails("registrations", 2)
    assert [taken["To"], waiting["To"]] == ["last@example.jp", "waits@example.jp"]
    page.goto(town.link(taken, "/register/cancel"))
    assert "取り消しました" in press(page, "取り消す")
    moved = town.wait_for_mails("registrations", 3)[-1]
    assert (moved["To"], str(moved["Subject"])[:4]) == ("waits@example.jp", "【受付】")

    states = {row["メールアドレス"]: (row["状態"], row["名前"]) for row in exported(town)}
    assert states["last@example.jp"] == ("取り消し", "'=見本 太郎")  # no spreadsheet takes it for a formula
    assert states["waits@example.jp"] == ("申込", "待つ人")
    assert sum(state == "申込" for state, _ in states.values()) == 100


def exported(town: Town) -> list[dict[str, str]]:
    """Write the organiser's list as the office does."""
    file = town.settings.project / "list.csv"
    command = [str(KOHO), "events", "export", EVENT, str(file), "--project", str(town.settings.project)]
    subprocess.run(
        command, check=True, capture_output=True, env={"KOHO_ON": str(ON), "PATH": "/usr/bin:/bin"}
    )
    assert file.stat().st_mode & 0o077 == 0
    return list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))


FORMS = {
    "mail/subscribe": {"Email address": "typed@example.jp"},
    "inquiry/": {"Your name": "見本 花子", "Message": "切削加工を探しています"},
    f"register/2023/{EVENT}/": {"Your name": "見本 花子", "Anything we should know": "筆談を希望します"},
    "update/": {"Corporate Number": "5050001000000"},
}


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("form", FORMS)
def test_the_switch_of_the_language_keeps_what_was_typed(
    chromium: Browser, town: Town, form: str, java_script_enabled: bool
) -> None:
    with open_context(chromium, origin=town.origin, java_script_enabled=java_script_enabled) as context:
        page = context.new_page()
        page.goto(f"{town.origin}/{form}?lang=en")
        for label, words in FORMS[form].items():
            page.get_by_label(label).first.fill(words)
        page.locator("header .k-lang").click()
        if not java_script_enabled:
            page.locator("#redraw").click()
        page.wait_for_selector("html[lang=ja]")
        shown = [box.input_value() for box in page.locator("main input, main textarea").all()]
        assert {*FORMS[form].values()} <= {*shown}
        assert page.locator(".k-form__summary").count() == 0
        page.locator("main input:not([type=hidden])").first.press("Enter")  # the main button, not the switch
        page.wait_for_load_state()
        assert page.locator("html").get_attribute("lang") == "ja"
