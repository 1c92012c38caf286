"""Inquiries reach the office with what they are about, are kept before any mail, and name no company's address."""

from __future__ import annotations

import email
import email.policy
import shutil
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from generator.content.company import CompanyProfile
from generator.content.library import make_library
from generator.forms.serving import serving_app
from generator.inquiries.store import InquiryStore
from generator.inquiries.subjects import MOST_COMPANIES, subjects_of
from generator.inquiries.web import DOOR
from generator.registrations.tables import SCHEMA
from generator.settings import Settings
from generator.storage import migrations
from generator.storage.database import open_database
from tests.builders import ON, make_patent, make_settings
from tests.form_token import form_token

ROOT = Path(__file__).parents[3]
TYPED = {
    "name": "Jane Buyer",
    "address": "jane@example.com",
    "message": "We need 500 pieces.",
    "about": "patents/cooling/",
}
PATENT = """\
---
title: 冷却装置
number: 特許第1号
holder: 見本大学
holder_kind: university
registered: 2023-07-03
---
"""


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    (tmp_path / "content/patents").mkdir(parents=True)
    (tmp_path / "content/patents/cooling.md").write_text(PATENT, encoding="utf-8")
    shutil.copytree(ROOT / "templates/forms", tmp_path / "templates/forms")
    config = make_settings(tmp_path, site_url="http://testserver/", secret_keys=(SecretStr("k" * 40),))
    migrations.upgrade(SCHEMA, config)
    return config


@pytest.fixture
def client(config: Settings) -> Iterator[TestClient]:
    with TestClient(serving_app([DOOR], config)) as client:
        yield client


def mails(config: Settings) -> dict[str, EmailMessage]:
    files = (config.project / config.outbox).rglob("*.eml")
    parsed = (email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files)
    return {str(mail["To"]): cast("EmailMessage", mail) for mail in parsed}


def post(client: TestClient, **over: str) -> Any:
    return client.post("/inquiry/", data=TYPED | {"form": form_token(client, "/inquiry/")} | over)


def test_the_form_says_what_the_inquiry_is_about(client: TestClient) -> None:
    assert "冷却装置" in client.get("/inquiry/?about=patents/cooling/").text
    assert "<script>" not in client.get("/inquiry/?about=<script>&companies=<script>").text


def test_the_office_gets_the_inquiry_and_can_answer_by_reply(client: TestClient, config: Settings) -> None:
    assert "承りました" in post(client).text
    office = mails(config)[config.organization.email]
    assert office["Reply-To"] == "jane@example.com"
    assert "500 pieces" in office.get_content()
    assert "patents/cooling/" in office.get_content()


def test_the_thanks_do_not_carry_the_senders_words(client: TestClient, config: Settings) -> None:
    post(client, message="buy http://spam.example")
    assert "spam" not in mails(config)["jane@example.com"].get_content()


def test_sending_twice_is_one_inquiry(client: TestClient, config: Settings) -> None:
    post(client)
    post(client)
    store = InquiryStore(open_database(SCHEMA.url_of(config)))
    assert [one.is_forwarded for one in store.all()] == [True]
    store.engine.dispose()


def test_an_inquiry_is_kept_when_the_mail_cannot_leave(config: Settings) -> None:
    blocked = config.project / "blocked"
    blocked.write_text("a file where a folder should be")
    with TestClient(
        serving_app([DOOR], config.model_copy(update={"outbox": blocked})), raise_server_exceptions=False
    ) as client:
        post(client)
    store = InquiryStore(open_database(SCHEMA.url_of(config)))
    assert [(one.inquiry.message, one.is_forwarded) for one in store.all()] == [
        ("We need 500 pieces.", False)
    ]
    store.engine.dispose()


@pytest.mark.parametrize(
    ("over", "field"), [({"name": ""}, "name"), ({"message": " "}, "message"), ({"address": "x"}, "address")]
)
def test_an_error_keeps_what_was_typed_and_what_it_is_about(
    client: TestClient, over: dict[str, str], field: str
) -> None:
    page = post(client, organization="ACME", **over)
    assert page.status_code == 422
    assert f'id="e-{field}"' in page.text
    assert 'value="ACME"' in page.text
    assert 'name="about" value="patents/cooling/"' in page.text


def test_a_flood_from_one_mailbox_stops(client: TestClient) -> None:
    answers = [post(client, message=f"number {n}").status_code for n in range(8)]
    assert (answers.count(200), answers.count(429)) == (5, 3)


def test_a_shortlist_becomes_subjects_once_each_and_no_more_than_the_limit() -> None:
    profile = CompanyProfile(key="1234567890123", name="見本精機株式会社")
    library = make_library([profile, make_patent()], on=ON)
    keys = ["1234567890123", "1234567890123", "k00000001", "nonsense"]
    found = subjects_of({"companies": ",".join(keys), "about": "/patents/patent/"}, library)
    assert [s.title for s in found] == ["冷却装置", "見本精機株式会社", "法人番号 k00000001"]
    many = ",".join(f"k{n:08}" for n in range(100))
    assert len(subjects_of({"companies": many}, library)) == MOST_COMPANIES
