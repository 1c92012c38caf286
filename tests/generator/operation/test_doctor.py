"""The doctor names what is wrong and how to mend it, and never shows a secret."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import MetaData

from generator.clock import TOKYO
from generator.operation import doctor
from generator.operation.doctor import examine
from generator.operation.finding import Finding, Verdict
from generator.storage.schema import Schema
from tests.builders import make_settings

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=TOKYO)


def findings(
    project: Path, *, now: datetime = NOW, schemas: tuple[Schema, ...] = (), **over: Any
) -> dict[str, Finding]:
    settings = make_settings(project, **({"sendgrid_host": "http://127.0.0.1:9"} | over))
    return {f.subject: f for f in examine(settings, schemas, {"CHROMIUM": "/x/chromium"}, now)}


def test_a_fresh_folder_lacks_only_its_keys(tmp_path: Path) -> None:
    found = findings(tmp_path)
    assert found["署名鍵"].verdict is Verdict.BAD
    assert "KOHO_SECRET_KEYS" in found["署名鍵"].mend
    assert found["Chromium"].seen == "/x/chromium"


def test_good_keys_are_good_and_do_not_show(tmp_path: Path) -> None:
    found = findings(tmp_path, secret_keys=(SecretStr("k" * 40),))
    assert found["署名鍵"].verdict is Verdict.GOOD
    assert "kkk" not in str(found)


@pytest.mark.parametrize(
    ("over", "verdict"),
    [
        ({"mailer": "smtp"}, Verdict.BAD),
        ({"mailer": "smtp", "smtp_url": "smtp://localhost"}, Verdict.GOOD),
        ({"mailer": "sendgrid"}, Verdict.BAD),
        ({"mailer": "sendgrid", "sendgrid_api_key": SecretStr("SG.x")}, Verdict.GOOD),
        ({"mailer": "pigeon"}, Verdict.BAD),
        ({}, Verdict.NOTE),
    ],
)
def test_the_mailer_needs_what_it_needs(tmp_path: Path, over: dict[str, Any], verdict: Verdict) -> None:
    assert findings(tmp_path, **over)["メールの出口"].verdict is verdict


@pytest.mark.parametrize(("key", "verdict"), [("", Verdict.BAD), ("MFkw", Verdict.GOOD)])
def test_sendgrid_without_the_key_of_its_events_is_bad(tmp_path: Path, key: str, verdict: Verdict) -> None:
    found = findings(tmp_path, mailer="sendgrid", sendgrid_webhook_key=key)
    assert found["配信の知らせの公開鍵"].verdict is verdict


@pytest.mark.parametrize("mailer", ["smtp", "sendgrid"])
def test_a_real_mailer_brings_the_dns_records_to_mind(tmp_path: Path, mailer: str) -> None:
    found = findings(tmp_path, mailer=mailer)
    assert "example.jp" in found["DNS: SPF"].seen
    assert "._domainkey.example.jp" in found["DNS: DKIM"].seen
    assert '_dmarc.example.jp に TXT "v=DMARC1; p=quarantine' in found["DNS: DMARC"].seen


def test_a_database_that_is_not_there_says_how_to_make_it(tmp_path: Path) -> None:
    schema = Schema("companies", MetaData(), tmp_path, lambda _s: f"sqlite:///{tmp_path / 'none.sqlite3'}")
    assert "koho db upgrade" in findings(tmp_path, schemas=(schema,))["データベース companies"].mend


def test_a_clock_of_the_past_is_bad(tmp_path: Path) -> None:
    assert findings(tmp_path, now=datetime(1970, 1, 1, tzinfo=TOKYO))["時計"].verdict is Verdict.BAD


@pytest.fixture
def companies(tmp_path: Path) -> Schema:
    file = tmp_path / "companies.sqlite3"
    file.touch()
    return Schema("companies", MetaData(), tmp_path / "migrations", lambda _s: f"sqlite:///{file}")


def test_an_old_backup_is_bad_and_leftovers_are_none(tmp_path: Path, companies: Schema) -> None:
    folder = tmp_path / "var" / "backups"
    folder.mkdir(parents=True)
    (folder / "companies-1.part").touch()
    (folder / "newsletters-1.sqlite3").touch()
    assert backups_of(tmp_path, companies, NOW).seen == "ありません"
    (folder / "companies-1.sqlite3").touch()
    later = datetime(2036, 1, 1, tzinfo=TOKYO)
    assert backups_of(tmp_path, companies, later).verdict is Verdict.BAD


def backups_of(project: Path, schema: Schema, now: datetime) -> Finding:
    found = list(doctor._examine_backups(make_settings(project), [schema], now))
    return {one.subject: one for one in found}["控え companies"]
