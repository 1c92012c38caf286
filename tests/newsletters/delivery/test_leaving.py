"""Who leaves by the link of an issue's mail is counted in that issue's report, once."""

from __future__ import annotations

import shutil
from pathlib import Path

from starlette.testclient import TestClient

from generator.forms.serving import serving_app
from generator.mail.memory import MemoryMailer
from newsletters.audience.model import SuppressionReason
from newsletters.audience.store import Audience
from newsletters.delivery.freeze import freeze_audience
from newsletters.delivery.journal import Journal, guard
from newsletters.delivery.report import find_report
from newsletters.web import DOOR
from tests.faults.world import ROOT, make_issue, make_world
from tests.newsletters.delivery.office import quiet_worker


def test_leaving_by_the_link_in_a_mail_is_counted_once_in_that_issues_report(tmp_path: Path) -> None:
    world, issue, mailer = make_world(tmp_path), make_issue(), MemoryMailer()
    shutil.copytree(ROOT / "templates/forms", tmp_path / "templates/forms")
    world.add_readers(5)
    guard(world.engine, Journal(tmp_path / "var"), 1)
    number = freeze_audience(world.engine, issue, issue.submit_at, mailer.limits, 1)
    quiet_worker(world, issue, number, mailer).run()
    leaving = mailer.shipments[0].recipients[2]
    path = leaving.unsubscribe_url.removeprefix("https://e.jp")
    with TestClient(serving_app([DOOR], world.settings)) as client:
        assert "配信を停止する" in client.get(path).text
        assert [client.post(path).status_code for _ in range(3)] == [200, 200, 200]
    with world.engine.connect() as connection:
        report = find_report(connection, issue.key)
    assert report is not None
    assert report.facts == {"unsubscribed": 1}
    assert ("届いたあと", "unsubscribed", 1) in report.rows()
    audience = Audience(world.engine, world.keyring)
    assert audience.suppressed(leaving.address) == {SuppressionReason.UNSUBSCRIBE}
    world.engine.dispose()
