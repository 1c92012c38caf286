"""Yesterday's backup, put back by `koho restore`'s own hands after today's sending, sends nothing by itself."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from generator.mail.memory import MemoryMailer
from generator.operation.backup import back_up, restore
from newsletters.delivery.due import run_due
from newsletters.tables import schema
from tests.faults.world import World, make_issue, make_world
from tests.newsletters.delivery.office import quiet_office

pytestmark = pytest.mark.journey


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "postgresql" and shutil.which("pg_dump") is None:
        pytest.skip("*** pg_dump がありません。控えの試験を飛ばします ***")
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    world = make_world(tmp_path, url=url)
    yield world
    world.engine.dispose()


def test_what_was_sent_before_a_restore_is_not_sent_again(world: World) -> None:
    world.add_readers(300)
    mailer, content = MemoryMailer(), world.settings.content
    first = make_issue(submit_at=datetime.now(UTC) - timedelta(minutes=1))
    run_due(quiet_office(world, mailer), content)  # opens the journal
    world.schedule(first)
    (made,) = back_up([schema], world.settings, world.project / "backups", at=datetime.now(UTC))
    run_due(quiet_office(world, mailer), content)
    sent = sum(len(shipment.recipients) for shipment in mailer.shipments)
    assert sent > 0
    world.engine.dispose()
    restore(schema, world.settings, made.path, at=datetime.now(UTC))
    run_due(quiet_office(world, mailer, clock=lambda: time.time() + 120), content)
    assert sum(len(shipment.recipients) for shipment in mailer.shipments) == sent
    assert world.state(first) == "needs_review"
