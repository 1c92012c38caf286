"""The shipped nginx configuration before the built site and its doors, met by a real browser over TLS."""

from __future__ import annotations

import gzip
import re
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from generator.forms.guard import SECURITY_HEADERS
from generator.forms.tokens import Tokens
from newsletters.audience.model import Consent
from newsletters.audience.store import open_audience
from newsletters.links import unsubscribe_url
from tests.browser.conftest import open_context
from tests.nginx import DOORS, Front, free_ports, programs, running_nginx
from tests.served import KEY, Town, open_town

pytestmark = [pytest.mark.browser, pytest.mark.journey]

PAGES = [
    "",
    "companies/",
    f"companies/{KEY}/",
    "search/",
    "events/",
    "programs/",
    "about/plan/",
    "reports/trade-survey-2023/",
    "newsletters/",
    "en/",
    "mail/subscribe",
]


@pytest.fixture(scope="module")
def front_and_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Front, Town]]:
    programs()
    http, https = free_ports(2)
    folder: Path = tmp_path_factory.mktemp("nginx")
    with (
        open_town(tmp_path_factory.mktemp("front"), site_url=f"https://127.0.0.1:{https}/") as town,
        running_nginx(folder, town.settings.site, dict.fromkeys(DOORS, town.port), [http, https]) as front,
    ):
        yield front, town


@pytest.fixture
def town(front_and_town: tuple[Front, Town]) -> Town:
    return front_and_town[1]


@pytest.fixture
def front(front_and_town: tuple[Front, Town]) -> Front:
    return front_and_town[0]


@pytest.fixture
def page(chromium: Browser, town: Town) -> Iterator[Page]:
    with open_context(chromium, origin=town.origin, ignore_https_errors=True) as context:
        yield context.new_page()


@pytest.fixture
def client(town: Town) -> Iterator[httpx2.Client]:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with httpx2.Client(base_url=town.origin, verify=trusting) as client:
        yield client


def test_no_page_breaks_its_own_content_policy(page: Page, town: Town) -> None:
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        said.append(f"{page.url}: {message.text}")

    page.on("console", hear)
    for path in PAGES:
        answer = page.goto(f"{town.origin}/{path}", wait_until="load")
        assert answer
        assert answer.status == 200, path
    assert said == []


def test_the_search_works_behind_nginx(page: Page, town: Town) -> None:
    page.goto(f"{town.origin}/search/?q=精機")
    page.get_by_role("link", name=re.compile("見本精機")).first.wait_for()


def test_a_reader_comes_in_through_nginx(page: Page, town: Town, front: Front) -> None:
    page.goto(f"{town.origin}/mail/subscribe")
    page.get_by_label("メールアドレス").fill("front@example.jp")
    page.locator("#f-agree").check()
    page.get_by_role("button", name="確認メールを受け取る").click()
    assert "確認のメール" in page.locator("main").inner_text()
    page.goto(town.link(town.wait_for_mails("subscriptions", 1)[-1], "/mail/confirm"))
    page.get_by_role("button", name="登録する").click()
    assert "登録が終わりました" in page.locator("main").inner_text()
    assert "/mail/confirm" in front.log()
    assert "?t=" not in front.log()  # no key of a link, no address
    assert "example.jp" not in front.log()


def test_the_one_click_post_arrives_as_it_was_sent(client: httpx2.Client, town: Town, front: Front) -> None:
    audience = open_audience(town.settings)
    consent = Consent(1_700_000_000, "form", "同意")
    number = audience.subscribe("click@example.jp", "magazine", consent)
    audience.confirm(number, "magazine", consent)
    link = unsubscribe_url(town.origin, Tokens(town.settings.secret_keys), number, "magazine")
    for _ in range(60):  # many people at once, from the few machines of one mail company
        answer = client.post(link, data={"List-Unsubscribe": "One-Click"}, follow_redirects=False)
        assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
    assert audience.subscriptions(number)[0].state == "unsubscribed"
    audience.close()


@pytest.mark.parametrize("path", ["/", "/404-nowhere", "/mail/subscribe", "/mail/confirm?t=x"])
def test_every_answer_carries_each_header_once(client: httpx2.Client, path: str) -> None:
    answer = client.get(path)
    for name in (
        "strict-transport-security",
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
    ):
        assert len(answer.headers.get_list(name)) == 1, name
    assert "unsafe" not in answer.headers["content-security-policy"].replace(
        "style-src-attr 'unsafe-inline'", ""
    )
    assert "server" not in answer.headers or answer.headers["server"] == "nginx"
    if path.startswith("/mail/"):
        assert all(answer.headers[name] == value for name, value in SECURITY_HEADERS.items())


def test_text_is_compressed_and_styles_are_kept_by_their_name(client: httpx2.Client, town: Town) -> None:
    page = client.get("/")
    assert page.headers["content-encoding"] == "gzip"
    assert page.text == (town.settings.site / "index.html").read_text("utf-8")
    style = re.search(r'href="(/assets/koho-[0-9a-f]{10}\.css)"', page.text)
    assert style
    kept = client.get(style[1])
    assert (kept.headers["content-encoding"], kept.headers["cache-control"]) == ("gzip", "max-age=31536000")
    assert "cache-control" not in client.get("/assets/forms.css").headers
    with client.stream("GET", "/") as raw:
        assert gzip.decompress(b"".join(raw.iter_raw())).startswith(b"<!")


def test_what_is_not_there_and_what_is_not_public(client: httpx2.Client, front: Front) -> None:
    missing = client.get("/nowhere/")
    assert missing.status_code == 404
    assert "<main" in missing.text
    assert [client.get(path).status_code for path in ("/metrics", "/readyz", "/healthz")] == [404] * 3
    moved = httpx2.get(f"http://127.0.0.1:{front.http}/events/?a=1", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (308, "https://127.0.0.1/events/?a=1")


def test_a_flood_of_forms_is_told_to_wait_and_the_site_stays_open(client: httpx2.Client) -> None:
    answers = [client.get("/inquiry/") for _ in range(60)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert "短い間に何度も送られました" in refused.text
    assert "<main" in refused.text
    assert client.get("/").status_code == 200


def test_what_the_web_server_refuses_by_itself_is_told_in_our_words(client: httpx2.Client) -> None:
    refused = client.post("/mail/unsubscribe", content=bytes(70_000))
    assert refused.status_code == 413
    assert "送られたものが大きすぎます" in refused.text
