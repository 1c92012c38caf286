"""A company edits its own page: link by mail to the registered contact, rows without scripts, preview, proposal."""

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
from starlette.testclient import TestClient

from company_db.editing import form_of, read_form
from company_db.model import CapabilityRecord, CompanyRecord
from company_db.revisions import Revisions
from company_db.runs import Intake
from company_db.samples.loading import load_sample
from company_db.schema import SCHEMA
from company_db.store import CompanyStore
from company_db.web import DOOR
from generator import clock
from generator.forms.serving import serving_app
from generator.settings import Settings
from generator.storage import migrations
from generator.storage.database import open_database
from tests.builders import ON, make_settings
from tests.form_inputs import form_inputs

ROOT = Path(__file__).parents[2]
KEY = "4011001098993"


def record(**over: Any) -> CompanyRecord:
    given: dict[str, Any] = {
        "key": KEY,
        "name": "見本精機株式会社",
        "municipality_code": "08201",
        "contact_email": "tantou@example.jp",
        "headline": "小さな部品を削ります",
        "capabilities": (CapabilityRecord(process="turning"),) if "turning" in _processes() else (),
        "consent": frozenset({"headline", "capabilities"}),
    }
    return CompanyRecord(**(given | over))


def _processes() -> set[str]:
    from company_db.classification import codes

    return set(codes.processes())


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    shutil.copytree(ROOT / "templates/forms", tmp_path / "templates/forms")
    config = make_settings(tmp_path, site_url="http://testserver/", secret_keys=(SecretStr("k" * 40),))
    migrations.upgrade(SCHEMA, config)
    engine = open_database(SCHEMA.url_of(config))
    CompanyStore(engine).save([record()], Intake(clock.now(), "test", "test"))
    engine.dispose()
    return config


@pytest.fixture
def client(config: Settings) -> Iterator[TestClient]:
    with TestClient(serving_app([DOOR], config)) as client:
        yield client


def mails(config: Settings) -> list[EmailMessage]:
    files = sorted((config.project / config.outbox).rglob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return [
        cast("EmailMessage", email.message_from_bytes(f.read_bytes(), policy=email.policy.default))
        for f in files
    ]


def link(client: TestClient, config: Settings) -> str:
    client.post("/update/", data={"number": KEY})
    found = re.search(r"http://testserver(/update/edit\S+)", mails(config)[-1].get_content())
    assert found
    return found[1]


def test_a_link_goes_to_the_registered_contact_only(client: TestClient, config: Settings) -> None:
    known = client.post("/update/", data={"number": KEY})
    unknown = client.post("/update/", data={"number": "7123456789012"})
    assert known.content == unknown.content
    assert [mail["To"] for mail in mails(config)] == ["tantou@example.jp"]


def test_links_are_limited_by_day(client: TestClient, config: Settings) -> None:
    for _ in range(6):
        client.post("/update/", data={"number": KEY})
    assert len(mails(config)) == 3


def test_a_wrong_number_is_told_beside_its_field(client: TestClient) -> None:
    page = client.post("/update/", data={"number": "4011001098994"})
    assert page.status_code == 422
    assert 'id="e-number"' in page.text


def test_an_edit_is_looked_at_sent_reviewed_and_then_stands(client: TestClient, config: Settings) -> None:
    url = link(client, config)
    typed = form_inputs(client.get(url).text) | {
        "headline": "もっと小さな部品を削ります",
        "headline_en": "We cut tiny parts",
    }
    preview = client.post(url, data=typed | {"do": "preview"})
    shown = preview.text.partition("<article")[2].partition("</article>")[0]
    assert "もっと小さな部品" in shown
    assert "We cut tiny parts" not in shown  # not consented to
    sent = client.post(url, data=form_inputs(preview.text) | {"do": "send"})
    assert "お送りいただきました" in sent.text
    engine = open_database(SCHEMA.url_of(config))
    (waiting,) = Revisions(engine).open()
    assert set(waiting.changes) == {"headline", "headline_en"}
    Revisions(engine).accept(waiting.id, Intake(clock.now(), "staff", "test"))
    found = CompanyStore(engine).find(KEY)
    engine.dispose()
    assert found is not None
    assert found.headline == "もっと小さな部品を削ります"


def test_rows_are_added_without_scripts_and_nothing_typed_is_lost(
    client: TestClient, config: Settings
) -> None:
    url = link(client, config)
    typed = form_inputs(client.get(url).text) | {
        "headline": "書きかけ",
        "equipment-0-name": "旋盤",
        "do": "rows:equipment",
    }
    page = client.post(url, data=typed).text
    after = form_inputs(page)
    assert int(after["equipment-rows"]) == int(typed["equipment-rows"]) + 3
    assert (after["headline"], after["equipment-0-name"]) == ("書きかけ", "旋盤")


def test_a_filled_row_becomes_a_machine(client: TestClient, config: Settings) -> None:
    url = link(client, config)
    typed = form_inputs(client.get(url).text) | {
        "equipment-0-name": "NC旋盤",
        "equipment-0-count": "２",
        "do": "send",
    }
    client.post(url, data=typed)
    engine = open_database(SCHEMA.url_of(config))
    (waiting,) = Revisions(engine).open()
    engine.dispose()
    assert waiting.changes["equipment"][1] == [{"name": "NC旋盤", "count": 2}]


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"capital_yen": "たくさん"}, "capital_yen"),
        ({"telephone": "でんわ"}, "telephone"),
        ({"name": ""}, "name"),
        ({"headline": "a\0b"}, "headline"),
        ({"capabilities-1-process": "ありえない加工"}, "capabilities-1-process"),
        ({"url": "javascript:alert(1)"}, "url"),
    ],
)
def test_an_error_stands_beside_its_field(
    client: TestClient, config: Settings, over: dict[str, str], field: str
) -> None:
    url = link(client, config)
    page = client.post(url, data=form_inputs(client.get(url).text) | over | {"do": "send"})
    assert page.status_code == 422
    assert f'href="#f-{field}"' in page.text


def test_what_a_company_cannot_change_is_not_read(client: TestClient, config: Settings) -> None:
    url = link(client, config)
    client.post(
        url,
        data=form_inputs(client.get(url).text)
        | {"listed": "いいえ", "notes": "x", "confirmed": "2099-01-01", "do": "send"},
    )
    engine = open_database(SCHEMA.url_of(config))
    (waiting,) = Revisions(engine).open()
    engine.dispose()
    assert waiting.changes == {}


def test_hostile_words_are_shown_as_words(client: TestClient, config: Settings) -> None:
    url = link(client, config)
    page = client.post(
        url,
        data=form_inputs(client.get(url).text) | {"headline": "<script>alert(1)</script>", "do": "preview"},
    )
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("token", ["", "x.y", "eyJrIjoiMSJ9.AAAA.AAAA"])
def test_a_wrong_link_shows_nothing(client: TestClient, token: str) -> None:
    assert client.get(f"/update/edit?t={token}").status_code == 400


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_sample_company_comes_back_unchanged_from_its_form(language: str) -> None:
    for sample in load_sample(ON):
        values, proposed, errors = read_form(form_of(sample, language), sample, {}, language)
        assert errors == [], (sample.key, errors)
        assert proposed == sample, sample.key
        assert values
