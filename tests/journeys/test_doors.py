"""From outside, through the real outbox: a reader comes and goes, a company mends its page, a buyer asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
from starlette.testclient import TestClient

from company_db.commands import opening
from company_db.directory import Directory
from company_db.pages.search import search_documents
from company_db.revisions import Revisions
from generator.site.serve import make_preview
from newsletters.audience.model import Consent
from newsletters.audience.store import open_audience
from tests.builders import ON
from tests.form_inputs import form_inputs
from tests.form_token import form_token
from tests.issued import send_next_issue
from tests.served import KEY, Town, build, open_town

pytestmark = pytest.mark.journey

READER, OTHER = "reader@example.jp", "other@example.jp"
CONSENT = Consent(1_700_000_000, "form", "同意", "/mail/subscribe")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with open_town(tmp_path_factory.mktemp("doors")) as town:
        yield town


@pytest.fixture
def client(town: Town) -> Iterator[TestClient]:
    with TestClient(make_preview(town.settings), base_url=town.origin) as client:
        yield client


def mails_to(town: Town, address: str, folder: str) -> list[EmailMessage]:
    return [mail for mail in town.mails(folder) if mail["To"] == address]


def path_of(town: Town, link: str) -> str:
    return link.strip("<> ").removeprefix(town.origin)


def test_a_reader_subscribes_reads_chooses_leaves_and_gets_nothing_more(
    town: Town, client: TestClient
) -> None:
    audience = open_audience(town.settings)
    other = audience.subscribe(OTHER, "magazine", CONSENT)
    audience.confirm(other, "magazine", CONSENT)
    door = re.search(r'href="([^"]*mail/subscribe)"', client.get("/").text)
    assert door
    form = client.get(door[1])
    assert form.status_code == 200
    client.post(door[1], data=form_inputs(form.text) | {"address": READER, "agree": "yes"})
    (asked,) = town.wait_for_mails("subscriptions", 1)
    client.post(path_of(town, town.link(asked, "/mail/confirm")))

    first = send_next_issue(town, ON)
    (issue,) = mails_to(town, READER, "*")[1:]
    assert len(mails_to(town, OTHER, "*")) == 1

    choices = path_of(town, town.link(issue, "/mail/preferences"))
    client.post(choices, data={"keep-magazine": "yes", "topic-magazine": "overseas"})
    reader = audience.find(READER)
    assert reader
    assert audience.subscriptions(reader.id)[0].topics == ("overseas",)

    assert issue["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    leave = re.search(r"<(http[^>]*)>", str(issue["List-Unsubscribe"]).replace(" ", ""))
    assert leave
    left = client.post(
        path_of(town, leave[1]), data={"List-Unsubscribe": "One-Click"}, follow_redirects=False
    )
    assert left.status_code == 200
    audience.close()
    second = send_next_issue(town, first + timedelta(days=1))
    assert second > first
    assert len(mails_to(town, OTHER, "*")) == 2
    assert len(mails_to(town, READER, "*")) == 2  # the confirmation and the first issue


def index_of(town: Town) -> dict[str, bytes]:
    """Read the published search index."""
    folder = town.settings.site / "search" / "index"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def told_to_search(town: Town) -> str:
    """Return what the next index is made of for the company."""
    documents = search_documents(Directory(town.settings, town.settings.as_of()))
    return "".join(str(document) for document in documents if KEY in str(document))


def test_a_company_mends_its_page_and_the_next_build_shows_it_in_both_languages(
    town: Town, client: TestClient
) -> None:
    client.post("/update/", data={"number": KEY, "form": form_token(client, "/update/")})
    mail = town.wait_for_mails("companies", 1)[-1]
    edit = path_of(town, town.link(mail, "/update/edit"))
    new = {"headline": "極細の軸を千分台で削ります", "headline_en": "We turn hair-thin shafts"}
    preview = client.post(edit, data=form_inputs(client.get(edit).text) | new | {"do": "preview"}).text
    assert "お送りいただきました" in client.post(edit, data=form_inputs(preview) | {"do": "send"}).text
    pages = [town.settings.site / f"{prefix}companies/{KEY}/index.html" for prefix in ("", "en/")]
    build(town.settings)
    assert new["headline"] not in pages[0].read_text("utf-8")  # nothing is shown before the office accepts

    before = index_of(town)
    engine = opening.open_store(town.settings)
    (waiting,) = Revisions(engine).open()
    Revisions(engine).accept(waiting.id, opening.intake("職員", f"変更申請{waiting.id}"))
    engine.dispose()
    build(town.settings)
    assert new["headline"] in pages[0].read_text("utf-8")
    assert new["headline_en"] in pages[1].read_text("utf-8")
    assert new["headline"] in told_to_search(town)
    assert new["headline_en"] in told_to_search(town)
    after = index_of(town)
    assert {name[:2] for name in after if after[name] != before.get(name)} >= {"ja", "en"}


def test_a_shortlist_becomes_an_inquiry_in_the_outbox_of_the_office(town: Town, client: TestClient) -> None:
    page = client.get(f"/inquiry/?companies={KEY},7123456789012").text
    typed = {"message": "百個つくれますか", "name": "買い手", "address": "buyer@example.com"}
    assert "承りました" in client.post("/inquiry/", data=form_inputs(page) | typed).text
    mails = {str(mail["To"]): mail for mail in town.wait_for_mails("inquiries", 2)}
    body = mails[town.settings.organization.email].get_body(("plain",))
    assert body
    text = body.get_content()
    assert "見本精機株式会社" in text
    assert "7123456789012" in text
    assert "百個つくれますか" in text
    assert set(mails) == {town.settings.organization.email, "buyer@example.com"}
