"""The doctor names what is wrong and how to mend it, and never shows a secret."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import MetaData

from generator.clock import TOKYO
from generator.operation.doctor import Finding, Verdict, examine
from generator.storage.schema import Schema
from tests.builders import make_settings

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=TOKYO)


def findings(
    project: Path, *, now: datetime = NOW, schemas: tuple[Schema, ...] = (), **over: Any
) -> dict[str, Finding]:
    return {
        f.subject: f
        for f in examine(make_settings(project, **over), schemas, {"CHROMIUM": "/x/chromium"}, now)
    }


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


def test_a_real_mailer_brings_the_dns_records_to_mind(tmp_path: Path) -> None:
    assert "_dmarc.example.jp" in findings(tmp_path, mailer="smtp")["DNSの記録"].seen


def test_a_database_that_is_not_there_says_how_to_make_it(tmp_path: Path) -> None:
    schema = Schema("companies", MetaData(), tmp_path, lambda _s: f"sqlite:///{tmp_path / 'none.sqlite3'}")
    assert "koho db upgrade" in findings(tmp_path, schemas=(schema,))["データベース companies"].mend


def test_a_clock_of_the_past_is_bad(tmp_path: Path) -> None:
    assert findings(tmp_path, now=datetime(1970, 1, 1, tzinfo=TOKYO))["時計"].verdict is Verdict.BAD


def test_an_old_backup_is_bad(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "backups"
    folder.mkdir(parents=True)
    (folder / "companies-1.sqlite3").touch()
    assert findings(tmp_path, now=datetime(2036, 1, 1, tzinfo=TOKYO))["控え"].verdict is Verdict.BAD
