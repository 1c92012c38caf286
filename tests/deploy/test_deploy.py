"""What is shipped for production is checked with the tools that will read it, as far as a machine without them can."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from generator import discovery
from generator.cli import make_app
from generator.settings import Settings
from tests.nginx import DOORS, Front, free_ports, programs, write_configuration
from tests.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(path for path in (DEPLOY / "systemd").iterdir() if path.is_file())
AUDIENCE_DOORS = {"newsletters", "newsletters-events", "delivery"}


@cache
def commands() -> typer.Typer:
    return make_app()


def services() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))["services"])


def ours() -> dict[str, Any]:
    return {name: one for name, one in services().items() if one.get("image") == "koho"}


def instances(unit: Path) -> list[str]:
    return (
        [unit.name.replace("@.", f"@{d.name}.") for d in discovery.doors()]
        if "@" in unit.name
        else [unit.name]
    )


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_accepts_a_unit(unit: Path, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    shutil.copytree(DEPLOY / "systemd", tmp_path, dirs_exist_ok=True)
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace("/opt/koho/.venv/bin/koho", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    for name in instances(unit):
        if name != unit.name:
            shutil.copy(tmp_path / unit.name, tmp_path / name)
        done = subprocess.run(
            [program, "verify", str(tmp_path / name)], capture_output=True, text=True, check=False
        )
        assert [line for line in done.stderr.splitlines() if "koho" in line] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_a_command_that_koho_has(unit: Path) -> None:
    for command in re.findall(r"^ExecStart=\S+/koho (.*)$", unit.read_text("utf-8"), re.MULTILINE):
        assert_koho_knows(command.replace("%i", "newsletters").replace("${KOHO_DOOR_PORT}", "8101").split())


def assert_koho_knows(words: list[str]) -> None:
    """Ask for help on a command line: a name or an option that is not there is refused before that."""
    known = CliRunner().invoke(commands(), [*words, "--help"])
    assert known.exit_code == 0, f"koho {' '.join(words)}: {known.output}"


@pytest.mark.parametrize(
    "timer", [unit for unit in UNITS if unit.suffix == ".timer"], ids=lambda path: path.name
)
def test_every_timer_has_its_service(timer: Path) -> None:
    assert timer.with_suffix(".service").exists()


def test_only_the_doors_that_need_the_audience_may_open_its_files() -> None:
    text = (DEPLOY / "systemd/koho-door@.service").read_text("utf-8")
    assert {"audience.sqlite3", "audience.key"} <= set(
        re.findall(r"var/(audience\.\w+)(?= |$)", text, re.MULTILINE)
    )
    opened = {path.parent.name for path in (DEPLOY / "systemd").glob("*.d/*.conf")}
    assert opened == {"koho-door@newsletters.service.d", "koho-door@newsletters-events.service.d"}


def test_in_containers_only_those_that_need_the_audience_reach_it() -> None:
    for name, one in ours().items():
        if name == "tables":  # makes the tables and ends
            continue
        reaches = (
            "KOHO_AUDIENCE_URL" in one["environment"],
            any("/var" in volume for volume in one["volumes"]),
        )
        assert reaches == (name in AUDIENCE_DOORS,) * 2, name
    keys = {name: one["environment"].get("KOHO_SECRET_KEYS") for name, one in ours().items()}
    assert keys["companies"] not in {keys["newsletters"], keys["registrations"]}


def test_every_container_runs_a_command_that_koho_has_with_settings_there_are() -> None:
    settings = {f"KOHO_{name.upper()}" for name in Settings.model_fields}
    for one in ours().values():
        assert_koho_knows(one["command"])
        assert set(one["environment"]) <= settings
    doors = {
        one["command"][1]: int(one["command"][-1]) for one in ours().values() if one["command"][0] == "door"
    }
    assert set(doors) == {door.name for door in discovery.doors()}
    assert set(doors.values()) == set(DOORS.values())


def test_the_front_of_the_containers_finds_each_door_by_its_name() -> None:
    moved = dict(re.findall(r"127\.0\.0\.1:(\d+)/([\w-]+):\1", services()["web"]["command"][-1]))
    ports = {str(one["command"][-1]): name for name, one in ours().items() if one["command"][0] == "door"}
    assert moved == ports


@pytest.mark.postgres
def test_each_room_of_postgresql_opens_to_its_own_user_only(postgres_server: PostgresServer) -> None:
    if shutil.which("psql") is None:
        pytest.skip("*** psql がありません。データベースの用意の試験を飛ばします ***")
    where = {
        "PGHOST": str(postgres_server.sockets),
        "PGUSER": postgres_server.user,
        "PATH": os.environ["PATH"],
    }
    words = {f"KOHO_{name}_PASSWORD": f"it's {name}" for name in ("AUDIENCE", "COMPANIES", "REGISTRATIONS")}
    subprocess.run([str(DEPLOY / "postgres-init.sh")], check=True, env=where | words)
    try:

        def may(user: str, database: str) -> bool:
            command = ["psql", "-qc", "CREATE TABLE IF NOT EXISTS t (n int)", "-U", user, database]
            return subprocess.run(command, env=where, check=False, capture_output=True).returncode == 0

        assert may("companies", "companies")
        assert may("audience", "audience")
        assert not may("companies", "audience")
        assert not may("registrations", "companies")
    finally:
        for name in ("audience", "companies", "registrations"):
            postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")
            postgres_server.execute(f"DROP ROLE {name}")


def test_an_image_carries_nothing_of_this_machine() -> None:
    left_out = set((ROOT / ".dockerignore").read_text("utf-8").splitlines())
    assert {".git", ".venv", "build", "var", "settings.toml", ".env"} <= left_out


def test_the_workflow_runs_what_a_person_runs() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text("utf-8"))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for job in workflow["jobs"].values():
        assert set([job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])) <= set(
            workflow["jobs"]
        )
        for run in (step["run"] for step in job["steps"] if "run" in step):
            for target in re.findall(r"^make (\S+)", run):
                assert target in targets
            for words in re.findall(r"^\.venv/bin/koho (.+)", run):
                assert_koho_knows(words.split())


def test_no_secret_stands_in_a_file() -> None:
    texts = [path.read_text(encoding="utf-8") for path in DEPLOY.rglob("*") if path.is_file()]
    assert not any(re.search(r"(KEY|PASSWORD)S?[=:] *[\"']?[A-Za-z0-9+/_-]{12,}", text) for text in texts)


def test_nginx_accepts_the_configuration(tmp_path: Path) -> None:
    nginx, _ = programs()
    written = write_configuration(Front(tmp_path, *free_ports(2)), tmp_path, {})
    done = subprocess.run(
        [nginx, "-t", "-c", str(written), "-e", str(tmp_path / "error.log")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
