"""The subscribers' door: scanners change nothing, people get in and out, and nobody learns who subscribes."""

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
from sqlalchemy import select
from starlette.testclient import TestClient

from generator.forms.serving import serving_app
from generator.forms.tokens import Purpose, Tokens
from generator.settings import Settings
from generator.storage import migrations
from newsletters.audience.model import SubscriptionState, SuppressionReason
from newsletters.audience.store import Audience, open_audience
from newsletters.audience.tables import consents
from newsletters.links import manage_url, unsubscribe_url
from newsletters.subscribing import WORDING
from newsletters.tables import schema
from newsletters.web import DOOR
from tests.builders import make_settings
from tests.form_token import form_token

ROOT = Path(__file__).parents[2]
NEWSLETTERS = """\
newsletters:
  - name: magazine
    title: 見本だより
    sender: {name: 見本, address: a@example.jp, reply_to: a@example.jp}
    cadence: {rule: FREQ=WEEKLY, since: 2023-04-01}
    choices:
      - {key: overseas, title: 海外展開, topics: [overseas]}
      - key: other
        title: そのほか
        topics: [sales_channels, manufacturing, ip, startup, improvement, funding, consultation, digital, succession, collaboration]
    sections:
      - {key: events, title: 催し, pools: [events]}
  - name: english
    title: Sample Letter
    language: en
    sender: {name: Sample, address: a@example.jp, reply_to: a@example.jp}
    cadence: {rule: FREQ=MONTHLY, since: 2023-04-01}
    sections:
      - {key: events, title: Events, pools: [events]}
"""
SUBSCRIBE = "/mail/subscribe"
FORM = {"address": "taro@example.jp", "newsletter": "magazine", "agree": "yes"}


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    shutil.copytree(ROOT / "templates/forms", tmp_path / "templates/forms")
    (tmp_path / "content").mkdir()
    (tmp_path / "content/newsletters.yml").write_text(NEWSLETTERS, encoding="utf-8")
    config = make_settings(tmp_path, site_url="http://testserver/", secret_keys=(SecretStr("k" * 40),))
    migrations.upgrade(schema, config)
    return config


@pytest.fixture
def client(config: Settings) -> Iterator[TestClient]:
    with TestClient(serving_app([DOOR], config)) as client:
        yield client


@pytest.fixture
def audience(config: Settings) -> Iterator[Audience]:
    audience = open_audience(config)
    yield audience
    audience.close()


def mails(config: Settings) -> list[EmailMessage]:
    files = sorted((config.project / config.outbox).rglob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return [
        cast("EmailMessage", email.message_from_bytes(f.read_bytes(), policy=email.policy.default))
        for f in files
    ]


def link(mail: EmailMessage) -> str:
    found = re.search(r"http://testserver(/mail/\S+)", mail.get_content())
    assert found
    return found[1]


def post(client: TestClient, path: str = SUBSCRIBE, **over: Any) -> Any:
    return client.post(path, data=FORM | {"form": form_token(client, SUBSCRIBE)} | over)


def states(audience: Audience, address: str = "taro@example.jp") -> dict[str, SubscriptionState]:
    found = audience.find(address)
    return {s.newsletter: s.state for s in audience.subscriptions(found.id)} if found else {}


def subscribed(client: TestClient, config: Settings, **over: Any) -> None:
    post(client, **over)
    client.post(link(mails(config)[-1]))


def test_a_subscription_begins_with_the_button_in_the_mail(
    client: TestClient, config: Settings, audience: Audience
) -> None:
    assert "確認のメール" in post(client).text
    assert states(audience) == {"magazine": SubscriptionState.UNCONFIRMED}
    page = client.get(link(mails(config)[0]))
    assert 'method="post"' in page.text
    assert states(audience) == {"magazine": SubscriptionState.UNCONFIRMED}
    assert "登録が終わりました" in client.post(link(mails(config)[0])).text
    assert states(audience) == {"magazine": SubscriptionState.CONFIRMED}


def test_chosen_topics_are_kept(client: TestClient, config: Settings, audience: Audience) -> None:
    subscribed(client, config, topic="overseas")
    found = audience.find("taro@example.jp")
    assert found
    assert audience.subscriptions(found.id)[0].topics == ("overseas",)


def test_topics_are_changed_and_a_newsletter_left_on_the_page_of_choices(
    client: TestClient, config: Settings, audience: Audience
) -> None:
    subscribed(client, config)
    found = audience.find("taro@example.jp")
    assert found
    url = manage_url(config.site_url, Tokens(config.secret_keys), found.id).removeprefix("http://testserver")
    assert "見本だより" in client.get(url).text
    client.post(url, data={"keep-magazine": "yes", "topic-magazine": "overseas"})
    assert audience.subscriptions(found.id)[0].topics == ("overseas",)
    client.post(url, data={})
    assert states(audience) == {"magazine": SubscriptionState.UNSUBSCRIBED}


@pytest.mark.parametrize("kind", ["urlencoded", "multipart", "empty"])
def test_one_click_leaves_at_once_without_cookie_or_redirect(
    client: TestClient, config: Settings, audience: Audience, kind: str
) -> None:
    subscribed(client, config)
    found = audience.find("taro@example.jp")
    assert found
    url = unsubscribe_url(config.site_url, Tokens(config.secret_keys), found.id, "magazine").removeprefix(
        "http://testserver"
    )
    body: dict[str, Any] = {
        "urlencoded": {"data": {"List-Unsubscribe": "One-Click"}},
        "multipart": {"files": {"List-Unsubscribe": (None, "One-Click")}},
        "empty": {},
    }[kind]
    for _ in range(3):
        answer = client.post(url, headers={"origin": "https://mail.example"}, follow_redirects=False, **body)
        assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
    assert states(audience) == {"magazine": SubscriptionState.UNSUBSCRIBED}
    assert audience.suppressed("taro@example.jp") == {SuppressionReason.UNSUBSCRIBE}


def test_scanners_change_nothing(client: TestClient, config: Settings, audience: Audience) -> None:
    post(client)
    found = audience.find("taro@example.jp")
    assert found
    tokens = Tokens(config.secret_keys)
    urls = [
        link(mails(config)[0]),
        unsubscribe_url(config.site_url, tokens, found.id, "magazine"),
        manage_url(config.site_url, tokens, found.id),
    ]
    for url in urls * 100:
        assert client.get(url).status_code == 200
        assert client.head(url).status_code in (200, 405)
    assert states(audience) == {"magazine": SubscriptionState.UNCONFIRMED}


def test_nobody_learns_who_subscribes(client: TestClient, config: Settings, audience: Audience) -> None:
    subscribed(client, config)
    audience.suppress("stop@example.jp", SuppressionReason.COMPLAINT, at=0)
    pages = [post(client, address=a) for a in ("taro@example.jp", "stop@example.jp", "new@example.jp")]
    assert len({page.content for page in pages}) == 1
    assert {page.status_code for page in pages} == {200}
    assert "stop@example.jp" not in [mail["To"] for mail in mails(config)]


def test_one_mailbox_gets_three_mails_a_day_at_most(client: TestClient, config: Settings) -> None:
    for _ in range(8):
        post(client)
    assert len(mails(config)) == 3


def test_one_network_stops_at_its_limit(client: TestClient, config: Settings) -> None:
    answers = [post(client, address=f"p{n}@example.jp").status_code for n in range(14)]
    assert (answers.count(200), answers.count(429)) == (10, 4)


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"address": ""}, "address"),
        ({"address": "taro@"}, "address"),
        ({"agree": ""}, "agree"),
        ({"address": "a@b.jp\nBcc: c@d.jp"}, "address"),
    ],
)
def test_an_error_stands_beside_its_field(
    client: TestClient, config: Settings, over: dict[str, str], field: str
) -> None:
    page = post(client, **over)
    assert page.status_code == 422
    assert f'id="e-{field}"' in page.text
    assert mails(config) == []


def test_a_program_that_fills_the_hidden_field_gets_no_mail(client: TestClient, config: Settings) -> None:
    assert post(client, website="x").status_code == 200
    assert mails(config) == []


@pytest.mark.parametrize("path", ["confirm", "unsubscribe", "preferences"])
@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_a_wrong_link_is_told_and_does_nothing(client: TestClient, path: str, token: str) -> None:
    assert client.post(f"/mail/{path}?t={token}").status_code == 400


def test_a_confirmation_cannot_unsubscribe(client: TestClient, config: Settings) -> None:
    token = Tokens(config.secret_keys).sign(Purpose.CONFIRM, {"s": 1, "n": ["magazine"]})
    assert client.post(f"/mail/unsubscribe?t={token}").status_code == 400


def test_the_english_form_offers_english_newsletters(client: TestClient, config: Settings) -> None:
    page = client.get(f"{SUBSCRIBE}?lang=en").text
    assert "Sample Letter" in page
    assert "見本だより" not in page
    post(client, f"{SUBSCRIBE}?lang=en", newsletter="english")
    assert mails(config)[0]["Subject"] == "Please confirm your subscription"


def test_health_and_numbers_are_told(client: TestClient, config: Settings) -> None:
    client.get(SUBSCRIBE)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert 'koho_answers_total{door="newsletters",status="200"} 1' in client.get("/metrics").text


def test_a_door_without_its_database_is_not_ready(config: Settings) -> None:
    with TestClient(serving_app([DOOR], config)) as client:
        (config.project / "var/audience.sqlite3").write_bytes(b"broken" * 1000)
        assert client.get("/readyz").status_code == 503


def test_a_confirmation_carries_no_way_to_leave_what_was_never_begun(
    client: TestClient, config: Settings
) -> None:
    post(client)
    assert mails(config)[0]["List-Unsubscribe"] is None
    subscribed(client, config, address="hanako@example.jp")
    post(client, address="hanako@example.jp")  # who is subscribed already gets the link to the own choices
    assert mails(config)[-1]["List-Unsubscribe"] is None
    assert "mail/preferences" in link(mails(config)[-1])


def test_a_confirmation_is_good_for_once(client: TestClient, config: Settings, audience: Audience) -> None:
    subscribed(client, config)
    confirmation = link(mails(config)[-1])
    found = audience.find("taro@example.jp")
    assert found
    audience.unsubscribe(found.id, "magazine", at=1, how="one-click")
    client.post(confirmation)
    assert states(audience) == {"magazine": SubscriptionState.UNSUBSCRIBED}


def test_two_newsletters_ticked_are_two_subscriptions(config: Settings, audience: Audience) -> None:
    more = NEWSLETTERS.replace("name: english", "name: letter").replace("language: en", "language: ja")
    (config.project / "content/newsletters.yml").write_text(more, encoding="utf-8")
    with TestClient(serving_app([DOOR], config)) as client:
        post(client, newsletter=["magazine", "letter"])
        client.post(link(mails(config)[0]))
    assert set(states(audience).items()) == {
        ("magazine", SubscriptionState.CONFIRMED),
        ("letter", SubscriptionState.CONFIRMED),
    }


def test_the_record_of_a_consent_outlives_leaving(
    client: TestClient, config: Settings, audience: Audience
) -> None:
    subscribed(client, config)
    found = audience.find("taro@example.jp")
    assert found
    audience.erase(found.id, at=1)
    with audience.engine.connect() as connection:
        kept = connection.execute(select(consents).order_by(consents.c.id)).all()
    assert [(row.act, row.how, row.source) for row in kept] == [
        ("unconfirmed", "web", "/mail/subscribe unknown"),  # the page, and the visitor's network
        ("confirmed", "web-confirm", "/mail/confirm unknown"),
    ]
    assert all(row.wording == WORDING["ja"] and row.subscriber_id is None for row in kept)


@pytest.mark.parametrize(
    "path", ["/mail/subscribe", "/mail/confirm", "/mail/unsubscribe", "/mail/preferences"]
)
@pytest.mark.parametrize("name", ["next", "url", "redirect", "return_to", "t"])
def test_no_door_leads_elsewhere(client: TestClient, path: str, name: str) -> None:
    for method in ("GET", "POST"):
        answer = client.request(method, path, params={name: "https://evil.example/"}, follow_redirects=False)
        assert answer.status_code in {200, 400, 422}
        assert "location" not in answer.headers
        assert 'href="https://evil.example' not in answer.text
        assert 'action="https://evil.example' not in answer.text
