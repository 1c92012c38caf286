"""What is shipped for production is checked with the tools that will read it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.nginx import Front, free_ports, programs, write_configuration

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_accepts_a_unit(unit: Path, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace("/opt/koho/.venv/bin/koho", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    name = unit.name.replace("@.", "@newsletters.")
    if name != unit.name:
        shutil.copy(tmp_path / unit.name, tmp_path / name)
    done = subprocess.run(
        [program, "verify", str(tmp_path / name)], capture_output=True, text=True, check=False
    )
    complaints = [line for line in done.stderr.splitlines() if "koho" in line]
    assert complaints == []


@pytest.mark.parametrize(
    "timer", [unit for unit in UNITS if unit.suffix == ".timer"], ids=lambda path: path.name
)
def test_every_timer_has_its_service(timer: Path) -> None:
    assert timer.with_suffix(".service").exists()


def test_the_company_door_knows_nothing_of_the_subscribers() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))["services"]
    assert "KOHO_AUDIENCE_URL" not in services["companies"]["environment"]
    assert (
        services["companies"]["environment"]["KOHO_SECRET_KEYS"]
        != services["newsletters"]["environment"]["KOHO_SECRET_KEYS"]
    )


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
