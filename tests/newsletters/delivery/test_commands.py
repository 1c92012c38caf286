"""What a person can ask and order while an issue is sent, from the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from generator.errors import RefusedError
from generator.mail.mailer import Outcome, OutcomeKind
from generator.mail.memory import MemoryMailer
from newsletters.cli import app
from newsletters.delivery.due import run_due
from tests.faults.world import World, make_issue, make_world
from tests.newsletters.delivery.office import quiet_office


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(tmp_path)
    made.add_readers(2_000)
    made.schedule(make_issue(submit_at=datetime.now(UTC) - timedelta(minutes=1)))
    yield made
    made.engine.dispose()


def send(world: World, *answers: Outcome) -> None:
    run_due(quiet_office(world, MemoryMailer(answers)), world.settings.content)


def koho(world: World, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--project", str(world.project)])


UNKNOWN, REVOKED = Outcome(OutcomeKind.UNKNOWN, "timeout"), Outcome(OutcomeKind.UNAUTHORIZED, "HTTP 401")
BY = ("--by", "配信 花子", "--reason", "電話で確かめた")


def test_progress_and_status_show_counts_that_add_up(world: World) -> None:
    send(world, UNKNOWN)
    (shown,) = json.loads(koho(world, "progress", "--json").stdout)
    assert shown["adds_up"]
    assert sum(shown["people"].values()) == shown["recipients"]
    key = world.issues[0].key
    assert f"{key}: 配信中" in koho(world, "progress").stdout
    assert f"配信: {key}: 配信中" in koho(world, "status").stdout.replace("\n", "")


def test_a_report_is_read_by_people_and_by_a_spreadsheet(world: World, tmp_path: Path) -> None:
    send(world, UNKNOWN)
    shown = koho(world, "report", world.issues[0].key, "--csv", str(tmp_path / "r.csv")).stdout
    assert "合計は合っています" in shown
    assert "canary" in shown
    written = (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(written.splitlines()))
    people = {name: int(number) for part, name, number in rows[1:] if part == "送信"}
    assert rows[2][:2] == ["宛先の確定", "宛先"]
    assert sum(people.values()) == int(rows[2][2])
    assert "@" not in written


def test_a_person_pauses_resumes_and_decides_with_their_name(world: World) -> None:
    key = world.issues[0].key
    send(world, UNKNOWN, REVOKED)
    assert world.state(world.issues[0]) == "paused"
    assert koho(world, "resume", key, *BY).exit_code == 0
    assert koho(world, "pause", key, *BY).exit_code == 0
    assert isinstance(koho(world, "pause", key, *BY).exception, RefusedError)
    assert koho(world, "resume", key, *BY).exit_code == 0
    (shown,) = json.loads(koho(world, "progress", "--json").stdout)
    number = str(shown["unknown_chunks"][0]["id"])
    assert koho(world, "resolve", number, "write-off", *BY).exit_code == 0
    assert isinstance(koho(world, "resolve", number, "resend", *BY).exception, RefusedError)
    send(world)
    assert world.state(world.issues[0]) == "sent"
    with world.engine.connect() as connection:
        who = set(connection.exec_driver_sql("SELECT who FROM issue_steps").scalars())
    assert who == {"配信 花子", "koho"}


def test_a_letter_that_the_provider_cannot_take_stops_the_issue_and_rejects_nobody(world: World) -> None:
    send(world, Outcome(OutcomeKind.UNFIT, "HTTP 400 from.email"))
    key = world.issues[0].key
    assert world.state(world.issues[0]) == "paused"
    assert world.counts(world.issues[0]) == {"pending": 1_980}
    assert "from.email" in koho(world, "report", key).stdout
    assert koho(world, "resume", key, *BY).exit_code == 0
    send(world)
    assert world.state(world.issues[0]) == "sent"


def test_what_was_stopped_is_never_sent_nor_looked_at_again(world: World) -> None:
    key, mailer = world.issues[0].key, MemoryMailer()
    send(world, REVOKED)
    assert koho(world, "stop", *key.split("/"), *BY).exit_code == 0  # as the other commands name an issue
    assert isinstance(koho(world, "resume", key, *BY).exception, RefusedError)
    assert run_due(quiet_office(world, mailer), world.settings.content) == {}
    assert mailer.shipments == []
    assert world.counts(world.issues[0]) == {"stopped": 1_980}


def test_an_issue_without_a_delivery_is_told_so(world: World) -> None:
    assert "配信の記録がありません" in str(koho(world, "report", "magazine/2020-01-01").exception)
