"""The registration door as a person meets it: errors beside fields, nothing lost, one click to cancel."""

from __future__ import annotations

import email
import email.policy
import re
import shutil
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from generator.registrations.tables import SCHEMA
from generator.registrations.web import DOOR
from generator.settings import Settings
from generator.storage import migrations
from tests.builders import make_settings
from tests.form_token import form_token

ROOT = Path(__file__).parents[3]
EVENT = """\
---
title: ミニセミナー <b>太字</b>
kind: seminar
summary: 短い講座です。
date: 2023-11-29
time: 13:30-16:00
attendance: online
capacity: {capacity}
deadline: {deadline}
---
"""
TYPED = {
    "name": "見本 太郎",
    "company": "",
    "address": "taro@example.jp",
    "telephone": "",
    "people": "1",
    "note": "",
}
PATH = "/register/2023/mini/"


def write_event(project: Path, capacity: int = 2, deadline: str = "2023-11-28") -> None:
    path = project / "content/events/2023/mini.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(EVENT.format(capacity=capacity, deadline=deadline), encoding="utf-8")


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    write_event(tmp_path)
    shutil.copytree(ROOT / "templates/forms", tmp_path / "templates/forms")
    config = make_settings(tmp_path, site_url="http://testserver/", secret_keys=(SecretStr("k" * 40),))
    migrations.upgrade(SCHEMA, config)
    return config


@pytest.fixture
def client(config: Settings) -> Iterator[TestClient]:
    app = Starlette(routes=[Mount(DOOR.mount, app=DOOR.make(config))])
    with TestClient(app) as client:
        yield client


def mails(config: Settings) -> list[EmailMessage]:
    files = sorted((config.project / config.outbox).rglob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    parsed = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files]
    return [cast("EmailMessage", one) for one in parsed]


def cancel_link(mail: EmailMessage) -> str:
    found = re.search(r"http://testserver(/register/cancel\?\S+)", mail.get_content())
    assert found
    return found[1]


def post(client: TestClient, path: str = PATH, **over: str) -> Any:
    return client.post(path, data=TYPED | {"form": form_token(client, PATH)} | over)


def test_the_form_escapes_what_stands_in_the_content(client: TestClient) -> None:
    page = client.get(PATH)
    assert page.status_code == 200
    assert "&lt;b&gt;" in page.text
    assert "<b>太字" not in page.text
    assert "残り2" in page.text


def test_a_person_registers_and_gets_one_mail(client: TestClient, config: Settings) -> None:
    assert "受け付けました" in post(client).text
    (mail,) = mails(config)
    assert mail["To"] == "taro@example.jp"
    assert "ミニセミナー" in mail["Subject"]


def test_pressing_twice_is_harmless(client: TestClient, config: Settings) -> None:
    post(client)
    post(client)
    assert len(mails(config)) == 1


def test_when_it_is_full_one_waits_and_moves_up(client: TestClient, config: Settings) -> None:
    post(client, people="2")
    assert "キャンセル待ち" in post(client, address="jiro@example.jp").text
    first, second = mails(config)
    assert "キャンセル待ち" in second["Subject"]
    assert client.get(cancel_link(first)).status_code == 200
    assert len(mails(config)) == 2  # looking at the page changes nothing
    assert "取り消しました" in client.post(cancel_link(first)).text
    assert mails(config)[-1]["Subject"].startswith("【受付】")
    assert mails(config)[-1]["To"] == "jiro@example.jp"


@pytest.mark.parametrize(
    ("over", "field", "words"),
    [
        ({"name": ""}, "name", "お名前を書いてください"),
        ({"address": "taro"}, "address", "@ がありません"),
        ({"address": "taro@example.jp\r\nBcc: x@example.jp"}, "address", "使えない文字"),
        ({"people": "０"}, "people", "人数は1から5"),
        ({"people": "99"}, "people", "人数は1から5"),
        ({"note": "あ" * 1001}, "note", "1000字まで"),
    ],
)
def test_an_error_stands_beside_its_field_and_nothing_is_lost(
    client: TestClient, config: Settings, over: dict[str, str], field: str, words: str
) -> None:
    page = post(client, company="見本精機", **over)
    assert page.status_code == 422
    assert f'id="e-{field}"' in page.text
    assert words in page.text
    assert 'value="見本精機"' in page.text
    assert "<title>誤りがあります" in page.text
    assert mails(config) == []


def test_a_program_that_fills_the_hidden_field_is_thanked_and_ignored(
    client: TestClient, config: Settings
) -> None:
    assert "受け付けました" in post(client, website="http://spam.example").text
    assert mails(config) == []


def test_a_flood_stops_at_the_limit(client: TestClient, config: Settings) -> None:
    answers = [post(client, address=f"p{n}@example.jp").status_code for n in range(40)]
    assert (answers.count(200), answers.count(429)) == (30, 10)


def test_another_site_cannot_post(client: TestClient) -> None:
    assert client.post(PATH, data=TYPED, headers={"origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJyIjoxfQ.AAAA"])
def test_a_wrong_link_cancels_nothing(client: TestClient, token: str) -> None:
    assert client.post(f"/register/cancel?t={token}").status_code == 400


def test_a_closed_or_unknown_event_says_so(client: TestClient, config: Settings) -> None:
    assert client.get("/register/2023/none/").status_code == 404
    write_event(config.project, deadline="2023-11-20")
    with TestClient(Starlette(routes=[Mount(DOOR.mount, app=DOOR.make(config))])) as later:
        assert "終わりました" in later.get(PATH).text


def test_the_english_form_answers_in_english(client: TestClient, config: Settings) -> None:
    assert "Your name" in client.get(f"{PATH}?lang=en").text
    assert "You are registered" in post(client, f"{PATH}?lang=en").text
    assert "Dear" in mails(config)[0].get_content()


def test_an_error_on_the_english_form_is_told_in_english(client: TestClient) -> None:
    page = post(client, f"{PATH}?lang=en", name="", address="taro", people="9").text
    assert "Name: please fill in" in page
    assert "Email address: please write it like" in page
    assert "a number from 1 to 5" in page


@pytest.mark.parametrize("token", ["", "old"])
def test_a_form_that_is_not_ours_is_shown_again_with_all_that_was_typed(
    client: TestClient, config: Settings, token: str
) -> None:
    page = post(client, form=token, company="見本精機")
    assert page.status_code == 422
    assert "もう一度ボタンを押してください" in page.text
    assert 'value="見本精機"' in page.text
    assert mails(config) == []


def test_a_silent_mail_server_loses_no_registration(
    client: TestClient, config: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    (config.project / "build").mkdir(exist_ok=True)
    (config.project / config.outbox).write_text("a file where the outbox should be")
    assert "受け付けました" in post(client).text
    assert '"failed": "mail-failed", "registration": 1' in caplog.text
    assert "taro" not in caplog.text
