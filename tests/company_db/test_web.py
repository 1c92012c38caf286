"""A company edits its own page: link by mail to the registered contact, rows without scripts, preview, proposal."""

from __future__ import annotations

import email
import email.policy
import io
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from typing import Any, cast

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import SecretStr
from starlette.requests import Request
from starlette.testclient import TestClient

from company_db import edit_page
from company_db.audit import Act, Audit
from company_db.editing import form_of, read_form
from company_db.form_fields import CHOOSABLE, FIELDS, TABLES
from company_db.model import CapabilityRecord, CompanyRecord
from company_db.revision import Revision
from company_db.revisions import Revisions
from company_db.runs import Intake
from company_db.samples.loading import load_sample
from company_db.schema import SCHEMA
from company_db.store import CompanyStore, dumped
from company_db.web import DOOR
from generator import clock
from generator.forms.page import FormPages
from generator.forms.photo import MOST_BYTES
from generator.forms.serving import serving_app
from generator.rendering.pictures import CleanPhoto, Fault, PhotoRefusedError
from generator.settings import Settings
from generator.storage import migrations
from generator.storage.database import open_database
from tests.builders import ON, make_settings
from tests.form_inputs import form_inputs
from tests.form_token import form_token

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
    ask(client, KEY)
    found = re.search(r"http://testserver(/update/edit\S+)", mails(config)[-1].get_content())
    assert found
    return found[1]


def ask(client: TestClient, number: str, path: str = "/update/") -> Any:
    return client.post(path, data={"number": number, "form": form_token(client, path)})


def test_a_link_goes_to_the_registered_contact_only(client: TestClient, config: Settings) -> None:
    known = ask(client, KEY)
    unknown = ask(client, "7123456789012")
    assert known.content == unknown.content
    assert [mail["To"] for mail in mails(config)] == ["tantou@example.jp"]


def test_links_are_limited_by_day(client: TestClient, config: Settings) -> None:
    for _ in range(6):
        ask(client, KEY)
    assert len(mails(config)) == 3


def test_a_sole_proprietor_types_digits_alone(client: TestClient, config: Settings) -> None:
    engine = open_database(SCHEMA.url_of(config))
    own = record(key="k00000001", name="個人の工房", contact_email="kobo@example.jp")
    CompanyStore(engine).save([own], Intake(clock.now(), "test", "test"))
    engine.dispose()
    ask(client, "００000001")
    ask(client, "k00000001")
    assert [mail["To"] for mail in mails(config)] == ["kobo@example.jp"] * 2


def test_a_wrong_number_is_told_beside_its_field(client: TestClient) -> None:
    page = ask(client, "4011001098994")
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
    assert int(after["equipment-rows"]) == int(typed["equipment-rows"]) + 2
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
        ({"capabilities-0-process": "ありえない加工"}, "capabilities-0-process"),
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


PHOTO = CleanPhoto(800, 600, b"large", b"small")


@pytest.fixture
def quick_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take ``good`` bytes for a photo and refuse others, without the child process."""

    def clean(data: bytes) -> CleanPhoto:
        if not data.startswith(b"good"):
            raise PhotoRefusedError(Fault.TYPE)
        return replace(PHOTO, large=data)

    monkeypatch.setattr(edit_page, "clean_photo", clean)


def send(client: TestClient, url: str, typed: dict[str, str], **files: bytes) -> Any:
    parts = {name.replace("_", "-"): ("p.jpg", data, "image/jpeg") for name, data in files.items()}
    return client.post(url, data=typed, files=parts or {"photos-0-file": ("", b"")})


def open_revisions(config: Settings) -> tuple[Revision, ...]:
    engine = open_database(SCHEMA.url_of(config))
    found = Revisions(engine).open()
    engine.dispose()
    return found


def acts(config: Settings) -> list[Act]:
    engine = open_database(SCHEMA.url_of(config))
    found = [entry.act for entry in Audit(engine).entries(KEY)]
    engine.dispose()
    return found


def test_a_photo_is_taken_seen_and_proposed(client: TestClient, config: Settings) -> None:
    out = io.BytesIO()
    Image.effect_noise((640, 480), 40).convert("RGB").save(out, "JPEG")
    url = link(client, config)
    typed = form_inputs(client.get(url).text) | {"headline": "書きかけ", "do": "photo"}
    typed |= {"photos-0-alt": "加工中の部品", "photos-0-alt_en": "A part"}
    page = send(client, url, typed, photos_0_file=out.getvalue())
    after = form_inputs(page.text)
    assert page.status_code == 200
    assert after["headline"] == "書きかけ"
    source = re.search(r'<img src="(photo\?[^"]+)"', page.text)
    assert source
    picture = client.get(f"/update/{unescape(source[1])}")
    assert (picture.headers["content-type"], picture.content[8:12]) == ("image/webp", b"WEBP")
    sent = send(client, url, after | {"show-photos": "yes", "do": "send"})
    assert "お送りいただきました" in sent.text
    (waiting,) = open_revisions(config)
    (proposed,) = waiting.changes["photos"][1]
    assert (proposed["alt"], proposed["alt_en"]) == ("加工中の部品", "A part")
    assert (proposed["width"], proposed["height"]) == (640, 480)
    assert acts(config) == [Act.LINK_SENT, Act.PHOTO_KEPT, Act.PROPOSED]


@pytest.mark.usefixtures("quick_photos")
def test_a_refused_photo_loses_nothing_that_was_typed(client: TestClient, config: Settings) -> None:
    url = link(client, config)
    typed = form_inputs(client.get(url).text) | {"pr": "一行目\n二行目", "equipment-0-name": "旋盤"}
    typed |= {"photos-0-alt": "説明", "do": "preview"}
    page = send(client, url, typed, photos_0_file=b"<svg>")
    assert page.status_code == 422
    assert 'href="#f-photos-0-file">JPEG・PNG・WebPの写真を選んでください' in page.text
    after = form_inputs(page.text)
    assert {name: after[name] for name in ("pr", "equipment-0-name", "photos-0-alt")} == {
        name: typed[name] for name in ("pr", "equipment-0-name", "photos-0-alt")
    }
    assert acts(config)[-1] is Act.PHOTO_REFUSED


@pytest.mark.usefixtures("quick_photos")
def test_a_photo_is_replaced_and_removed_and_its_words_stay_with_it(
    client: TestClient, config: Settings
) -> None:
    url = link(client, config)
    typed = form_inputs(client.get(url).text)
    for place, word in enumerate(("一", "二")):
        typed |= {f"photos-{place}-alt": word, "do": "photo"}
        file = {f"photos_{place}_file": b"good" + word.encode()}
        typed = form_inputs(send(client, url, typed, **file).text)
    first, second = typed["photos-0-digest"], typed["photos-1-digest"]
    replaced = form_inputs(send(client, url, typed | {"do": "photo"}, photos_0_file=b"good new").text)
    assert replaced["photos-0-digest"] not in {first, second}
    assert (replaced["photos-0-alt"], replaced["photos-1-digest"]) == ("一", second)
    rest = form_inputs(send(client, url, replaced | {"do": "drop:0"}).text)
    assert (rest["photos-0-digest"], rest["photos-0-alt"]) == (second, "二")
    assert "photos-1-digest" not in rest


@pytest.mark.usefixtures("quick_photos")
@pytest.mark.parametrize(
    ("over", "files", "field"),
    [
        ({}, {"photos_0_file": b"good"}, "photos-0-alt"),
        ({"photos-0-alt": "説明だけ"}, {}, "photos-0-file"),
        ({"photos-0-digest": "0" * 32, "photos-0-alt": "よその写真"}, {}, "photos-0-file"),
    ],
    ids=["without words", "without photo", "not its own"],
)
def test_a_photo_needs_its_words_and_its_bytes(
    client: TestClient, config: Settings, over: dict[str, str], files: dict[str, bytes], field: str
) -> None:
    url = link(client, config)
    page = send(client, url, form_inputs(client.get(url).text) | over | {"do": "send"}, **files)
    assert page.status_code == 422
    assert f'href="#f-{field}"' in page.text
    assert open_revisions(config) == ()


def test_a_photo_that_is_too_large_is_told_in_the_form(client: TestClient, config: Settings) -> None:
    url = link(client, config)
    page = send(
        client, url, {"name": "見本精機株式会社", "do": "photo"}, photos_0_file=b"x" * (MOST_BYTES + 9)
    )
    assert page.status_code == 422
    assert "写真は5MBまでです" in page.text


@pytest.mark.usefixtures("quick_photos")
def test_photos_are_limited_by_day(
    client: TestClient, config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edit_page, "PHOTOS_A_DAY", replace(edit_page.PHOTOS_A_DAY, count=1))
    url = link(client, config)
    send(client, url, {"do": "photo"}, photos_0_file=b"good")
    page = send(client, url, {"do": "photo"}, photos_0_file=b"good again")
    assert "写真の送信が多すぎます" in page.text


def test_nothing_is_read_from_one_who_has_no_link(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Request, "form", lambda *_, **__: pytest.fail("the body was read"))
    assert send(client, "/update/edit?t=x", {"do": "photo"}, photos_0_file=b"good").status_code == 400
    assert client.get("/update/photo?t=x&d=" + "0" * 32).status_code == 404


def test_sending_twice_makes_one_proposal(client: TestClient, config: Settings) -> None:
    url = link(client, config)
    typed = form_inputs(client.get(url).text) | {"headline": "一度だけ", "do": "send"}
    assert client.post(url, data=typed).status_code == client.post(url, data=typed).status_code == 200
    (waiting,) = open_revisions(config)
    assert waiting.id == 1
    assert acts(config).count(Act.PROPOSED) == 1


def decide(config: Settings, reason: str = "") -> None:
    engine = open_database(SCHEMA.url_of(config))
    (waiting,) = Revisions(engine).open()
    staff = Intake(clock.now(), "staff", "test")
    if reason:
        Revisions(engine).send_back(waiting.id, reason, staff)
    else:
        Revisions(engine).accept(waiting.id, staff)
    engine.dispose()


def test_a_link_is_spent_when_its_proposal_is_decided(client: TestClient, config: Settings) -> None:
    url = link(client, config)
    typed = form_inputs(client.get(url).text) | {"headline": "新しい一言", "do": "send"}
    client.post(url, data=typed)
    assert form_inputs(client.get(url).text)["headline"] == "新しい一言"  # still open: go on from it
    decide(config)
    assert client.get(url).status_code == 400
    assert "確かめ終えました" in client.post(url, data=typed).text
    assert open_revisions(config) == ()


def test_what_was_sent_back_is_where_one_goes_on_with_a_new_link(
    client: TestClient, config: Settings
) -> None:
    url = link(client, config)
    client.post(url, data=form_inputs(client.get(url).text) | {"headline": "世界一", "do": "send"})
    decide(config, reason="根拠を書いてください")
    page = client.get(link(client, config)).text
    assert "根拠を書いてください" in page
    assert form_inputs(page)["headline"] == "世界一"


def test_links_die_when_the_contact_changes(client: TestClient, config: Settings) -> None:
    url = link(client, config)
    engine = open_database(SCHEMA.url_of(config))
    CompanyStore(engine).save([record(contact_email="new@example.jp")], Intake(clock.now(), "test", "test"))
    engine.dispose()
    assert client.get(url).status_code == 400


def test_one_who_opened_the_form_in_time_may_send_it_a_little_late(
    client: TestClient, config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = link(client, config)
    typed = form_inputs(client.get(url).text) | {"headline": "間に合った", "do": "send"}
    now, a_day = time.time(), 86_400
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 7.5 * a_day)
    assert client.get(url).status_code == 400
    assert "お送りいただきました" in client.post(url, data=typed).text
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 8.5 * a_day)
    assert client.post(url, data=typed).status_code == 400


def test_the_form_is_english_from_the_question_to_the_mail(client: TestClient, config: Settings) -> None:
    wrong = ask(client, "12", "/update/?lang=en")
    assert "please write the 13 digits" in wrong.text
    ask(client, KEY, "/update/?lang=en")
    mail = mails(config)[-1]
    assert mail["Subject"] == "Update your company's page"
    found = re.search(r"http://testserver(/update/edit\S+)", mail.get_content())
    assert found
    page = client.get(found[1])
    assert "Look at the page before sending" in page.text
    typed = form_inputs(page.text) | {"capital_yen": "much", "equipment-0-count": "2", "name": ""}
    errors = client.post(found[1], data=typed | {"do": "preview"}).text
    told = re.findall(
        r'href="#f-([^"]+)">([^<]+)</a></li>', errors.partition('id="errors"')[2].partition("</ul>")[0]
    )
    assert [name for name, _ in told] == ["name", "capital_yen", "equipment-0-name"]
    assert all(message.isascii() for _, message in told)
    sent = client.post(found[1], data=form_inputs(page.text) | {"do": "send"}).text
    assert "Thank you" in sent
    assert open_revisions(config)[0].language == "en"


def test_the_language_is_changed_in_the_middle_and_nothing_is_lost(
    client: TestClient, config: Settings
) -> None:
    url = link(client, config)
    typed = form_inputs(client.get(url).text) | {"headline": "書きかけ", "capabilities-0-materials": "アルミ"}
    page = client.post(url, data=typed | {"do": "language:en"}).text
    assert "What you make" in page
    after = form_inputs(page)
    assert (after["headline"], after["capabilities-0-materials"]) == ("書きかけ", "アルミ")
    action = re.search(r'action="(edit[^"]*lang=en)"', page)
    assert action
    assert "Nothing has been sent yet" in client.post(f"/update/{unescape(action[1])}", data=after).text


def test_consent_that_the_form_does_not_ask_for_is_kept(client: TestClient, config: Settings) -> None:
    engine = open_database(SCHEMA.url_of(config))
    CompanyStore(engine).save(
        [record(consent=frozenset({"subsidies", "headline"}))], Intake(clock.now(), "test", "test")
    )
    engine.dispose()
    url = link(client, config)
    typed = form_inputs(client.get(url).text)
    del typed["show-headline"]
    client.post(url, data=typed | {"do": "send"})
    (waiting,) = open_revisions(config)
    assert waiting.changes["consent"][1] == ["subsidies"]


def test_the_answer_is_there_before_anyone_is_looked_up(
    client: TestClient, config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    find, stamp = CompanyStore.find, FormPages.respond
    monkeypatch.setattr(CompanyStore, "find", lambda *a: order.append("looked up") or find(*a))
    monkeypatch.setattr(FormPages, "respond", lambda *a, **k: order.append("answered") or stamp(*a, **k))
    for number in (KEY, "7123456789012"):
        ask(client, number)
    assert order == ["answered", "answered", "looked up"] * 2  # the form, the answer, then the company


def test_a_thousand_known_and_unknown_numbers_are_answered_alike(config: Settings) -> None:
    unknown = "7123456789012"
    answers = set()
    with TestClient(serving_app([DOOR], config), client=("127.0.0.1", 5)) as client:
        token = form_token(client, "/update/")
        for i in range(500):
            network = {"x-forwarded-for": f"10.{i // 250}.{i % 250}.9"}
            for number in (KEY, unknown):
                answer = client.post("/update/", data={"number": number, "form": token}, headers=network)
                shown = tuple(sorted(answer.headers.items()))
                answers.add((answer.status_code, shown, answer.content))
    assert len(answers) == 1
    assert len(mails(config)) == 3


def test_no_word_of_a_company_stands_in_the_audit(client: TestClient, config: Settings) -> None:
    url = link(client, config)
    client.post(url, data=form_inputs(client.get(url).text) | {"headline": "秘密の言葉", "do": "send"})
    engine = open_database(SCHEMA.url_of(config))
    entries = [str(entry) for entry in Audit(engine).entries()]
    engine.dispose()
    assert len(entries) == 2
    assert not any("秘密" in entry or "@" in entry or "http" in entry for entry in entries)


def rows_of(config: Settings) -> list[str]:
    """Return everything that the database holds, as SQL."""
    with closing(sqlite3.connect(SCHEMA.url_of(config).removeprefix("sqlite:///"))) as database:
        return [*database.iterdump()]


@pytest.mark.usefixtures("quick_photos")
def test_what_looks_at_links_changes_nothing(client: TestClient, config: Settings) -> None:
    url = link(client, config)
    after = form_inputs(send(client, url, {"do": "photo"}, photos_0_file=b"good").text)
    picture = f"{url.replace('/edit', '/photo')}&d={after['photos-0-digest']}"
    before = rows_of(config)
    for address in (url, picture, "/update/", "/update/?lang=en", f"{url}x"):
        for _ in range(20):
            client.get(address)
            client.head(address)
    assert rows_of(config) == before


def test_only_the_holder_of_a_link_may_send_much(client: TestClient, config: Settings) -> None:
    much = {"name": "あ" * 100_000}
    assert client.post("/update/", data=much).status_code == 413
    assert client.post(link(client, config), data=much).status_code == 422


def test_what_is_too_much_even_for_a_link_is_told_with_the_limit(
    client: TestClient, config: Settings
) -> None:
    page = client.post(f"{link(client, config)}&lang=en", content=b"x" * (edit_page.MAX_BODY + 1))
    assert page.status_code == 413
    assert "Up to 40MB" in page.text
    assert "Nothing was stored" in page.text


NAMES = st.sampled_from(
    [*FIELDS, *(f"show-{name}" for name in CHOOSABLE), "photos-0-digest", "photos-0-alt", "photos-1-alt"]
    + [f"{table}-rows" for table in TABLES]
    + [f"{table}-{i}-{part.name}" for table, rows in TABLES.items() for i in (0, 1) for part in rows.parts]
)
WORDS = st.sampled_from(
    [
        "yes",
        "はい",
        "1",
        "−3",
        "1e9",
        "99999999999",
        "9" * 30,
        "9億億",
        "令和5年",
        "2023-02-30",
        "旋削",
        "turning",
        "iso9001",
    ]
)

ODD = st.text("あｱaZ1０-−|｜、, <>&\"'\n\t\0\u202e\u00a0é🌸", max_size=20)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(typed=st.dictionaries(NAMES, WORDS | ODD), language=st.sampled_from(["ja", "en"]))
def test_whatever_is_typed_makes_a_record_or_a_sentence_beside_a_field(
    typed: dict[str, str], language: str
) -> None:
    base = form_of(record(), language)
    values, proposed, errors = read_form(base | typed, record(), {}, language)
    assert (proposed is None) == bool(errors)
    assert {*values} >= {*FIELDS, *TABLES, "photos", "consent"}
    for error in errors:
        assert error.message
        assert error.name.partition("-")[0] in {*FIELDS, *TABLES, "photos"}
    if proposed is not None:
        assert orjson.dumps(dumped(proposed))
        again = read_form(form_of(proposed, language), proposed, {}, language)
        assert again[1] == proposed
