"""The doctor asks the provider what our key may do, and wants no more and no less than sending needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from generator.operation.finding import Finding, Verdict
from generator.operation.provider_key import NEEDED, examine_provider_key
from tests.builders import make_settings
from tests.fake_sendgrid.client import Fake, running_fake

KEY = "SG.secret"
OF_THE_ACCOUNT = ["2fa_required", "sender_verification_eligible"]
FULL = ["alerts.read", "api_keys.create", "billing.read", "subusers.create", "user.email.read"]


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fake]:
    with running_fake(tmp_path_factory.mktemp("fake")) as running:
        yield running


def found(project: Path, host: str, key: str = KEY) -> Finding:
    settings = make_settings(project, mailer="sendgrid", sendgrid_host=host, sendgrid_api_key=SecretStr(key))
    (finding,) = examine_provider_key(settings)
    assert KEY not in str(finding)
    return finding


@pytest.mark.parametrize(
    ("scopes", "verdict", "seen"),
    [
        ([*NEEDED, *OF_THE_ACCOUNT], Verdict.GOOD, "送信と取り消しだけ"),
        ([*NEEDED, "mail.batch.read", "user.scheduled_sends.delete", "messages.read"], Verdict.GOOD, ""),
        ([*NEEDED, "api_keys.create"], Verdict.BAD, "api_keys.create"),
        (
            [*NEEDED, *FULL],
            Verdict.BAD,
            "5 あります（alerts.read、api_keys.create、billing.read、subusers.create ほか）",
        ),
        ([*NEEDED, "mail_settings.read"], Verdict.BAD, "mail_settings.read"),
        (["mail.send"], Verdict.BAD, "足りません: mail.batch.create、user.scheduled_sends.create"),
        ([], Verdict.BAD, "足りません"),
    ],
)
def test_a_key_may_send_and_cancel_and_nothing_else(
    fake: Fake, tmp_path: Path, scopes: list[str], verdict: Verdict, seen: str
) -> None:
    fake.control(reset=True)
    fake.control(scopes={KEY: scopes})
    finding = found(tmp_path, fake.url)
    assert finding.verdict is verdict
    assert seen in finding.seen
    assert bool(finding.mend) == (verdict is Verdict.BAD)


def test_a_key_that_the_provider_refuses_is_bad(fake: Fake, tmp_path: Path) -> None:
    fake.control(reset=True)
    finding = found(tmp_path, fake.url, "SG.revoked")
    assert finding.verdict is Verdict.BAD
    assert "401" in finding.seen


def test_a_provider_that_is_not_there_says_nothing_about_the_key(tmp_path: Path) -> None:
    finding = found(tmp_path, "http://127.0.0.1:9")
    assert finding.verdict is Verdict.NOTE
    assert finding.mend


@pytest.mark.parametrize("mailer", ["outbox", "smtp"])
def test_who_sends_without_a_provider_has_no_such_key(tmp_path: Path, mailer: str) -> None:
    assert list(examine_provider_key(make_settings(tmp_path, mailer=mailer))) == []
