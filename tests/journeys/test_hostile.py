"""G4: hostile words go through every door, mail, list and page, and stay words."""

from __future__ import annotations

import csv
import email
import email.policy
import html
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from generator.forms.fields import has_controls
from generator.forms.serving import serving_app
from generator.forms.spreadsheet import write_csv
from generator.inquiries.web import DOOR as INQUIRIES
from generator.registrations.commands import HEADER, cells_of
from generator.registrations.store import RegistrationStore
from generator.registrations.tables import SCHEMA
from generator.registrations.web import DOOR as REGISTRATIONS
from generator.settings import Settings
from generator.storage.database import open_database
from tests.form_token import form_token
from tests.generator.registrations.test_web import PATH, TYPED, config, write_event  # noqa: F401

pytestmark = [pytest.mark.journey, pytest.mark.shared]

HOSTILE = Path(__file__).parents[3] / "shared/data/hostile"
OURS = [
    "{{7*7}}", "{{''.__class__}}", "{% raw %}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "-name-", "%%koho-cancel-link%%", "%%koho-link%%",
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "'; DROP TABLE registration; --", "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>', "</textarea><script>alert(1)</script>", "<!--koho:body-->", "]]>", "&lt;b&gt;", "\u202eabc", "a\u200bb",
    "a\r\nBcc: x@example.jp", "名前;,<>\"@\\", "葛󠄀城", "𠮷野家", "①㈱髙﨑", "é\u0301" * 20,
]  # fmt: skip


def corpus() -> list[str]:
    """The big list of naughty strings, the sanitiser's inputs, rare characters, and what aims at our own parts."""
    if not HOSTILE.exists():
        pytest.skip("../shared/data/hostile is not here")
    bleach = [
        path.read_text("utf-8").partition("--")[0].strip() for path in sorted(HOSTILE.glob("bleach/*.test"))
    ]
    with (HOSTILE / "moji/moji_ivs.csv").open(encoding="utf-8-sig", newline="") as file:
        rare = "".join(cell for row in csv.reader(file) for cell in row[1:2])
    names = [rare[start : start + 30] for start in range(0, 3_000, 30)]
    return [*OURS, *json.loads((HOSTILE / "blns.json").read_text("utf-8")), *bleach, *names]


@pytest.fixture
def client(config: Settings) -> Iterator[TestClient]:  # noqa: F811
    write_event(config.project, capacity=5_000)
    app = serving_app([REGISTRATIONS, INQUIRIES], config)
    with TestClient(app, client=("127.0.0.1", 1)) as client:
        yield client


def text_of(file: Path) -> str:
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    return cast("str", cast("Any", mail).get_content())


def as_typed(word: str) -> str:
    """What a form makes of a word: line ends and the spaces around it are no part of it."""
    return word.replace("\r\n", "\n").replace("\r", "\n").strip()


def may_be_a_name(word: str) -> bool:
    return 0 < len(as_typed(word)) <= 80 and not has_controls(as_typed(word))


def test_hostile_words_stay_words_from_the_form_to_the_list(client: TestClient, config: Settings) -> None:  # noqa: F811
    words = corpus()
    assert len(words) >= 500
    token, taken = form_token(client, PATH), []
    for number, word in enumerate(words):
        form = TYPED | {
            "form": token,
            "name": word,
            "company": word,
            "note": word,
            "address": f"p{number}@example.jp",
        }
        headers = {"x-forwarded-for": f"10.{number >> 8}.{number & 255}.1"}
        page = client.post(PATH, data=form, headers=headers)
        if may_be_a_name(word):
            assert page.status_code == 200, word
            taken.append(word)
        else:
            assert page.status_code == 422, word
            assert shown_as_words(page.text, word), word
    store = RegistrationStore(open_database(SCHEMA.url_of(config)))
    found = store.list_of("events/2023/mini/")
    store.engine.dispose()
    assert [one.request.name for one in found] == [as_typed(word) for word in taken]
    letters = {
        file.stem.split("-")[1]: text_of(file) for file in (config.project / config.outbox).rglob("*.eml")
    }
    for one in found:
        assert f"{one.request.name} 様" in letters[str(one.id)].replace("\r\n", "\n")
        assert len(re.findall(r"http://testserver/register/cancel\?t=", letters[str(one.id)])) == 1
    for row, one in zip(read_again(found), found, strict=True):
        assert row["名前"].removeprefix("'") == one.request.name.removeprefix("'")
        assert not row["名前"].startswith(("=", "+", "-", "@", "\t", "\r"))


def read_again(found: list[Any]) -> list[dict[str, str]]:
    text = write_csv(HEADER, [cells_of(one) for one in found]).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def shown_as_words(page: str, word: str) -> bool:
    """A refused form shows what was typed, escaped; nothing of it becomes a tag."""
    typed = as_typed(word) if not word.strip() else word
    boxes = [html.unescape(box) for box in re.findall(r'<input[^>]*value="([^"]*)"', page)]
    return typed in boxes or as_typed(word) in {as_typed(box) for box in boxes}


def test_hostile_words_reach_the_office_as_they_were_typed(client: TestClient, config: Settings) -> None:  # noqa: F811
    token, kept = form_token(client, "/inquiry/"), 0
    for number, word in enumerate(OURS):
        form = {"form": token, "name": "買い手", "message": word, "address": f"p{number}@example.com"}
        headers = {"x-forwarded-for": f"10.9.{number}.1"}
        if client.post("/inquiry/", data=form, headers=headers).status_code == 200:
            kept += 1
            letter = text_of(config.project / config.outbox / f"inquiries/inquiry-{kept}-office.eml")
            assert as_typed(word) in letter.replace("\r\n", "\n")
    assert kept > 20
