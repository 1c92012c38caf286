"""What is shipped for production is checked with the tools that will read it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

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
    nginx, openssl = shutil.which("nginx") or shutil.which("/usr/sbin/nginx"), shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.skip("nginx or openssl is not installed")
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    make = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=example.jp"]
    subprocess.run([*make, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    text = (DEPLOY / "nginx/koho.conf").read_text(encoding="utf-8")
    text = text.replace("/etc/koho/tls/", f"{tmp_path}/").replace(
        "/etc/nginx/koho-proxy.conf", str(DEPLOY / "nginx/koho-proxy.conf")
    )
    main = f"pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log; events {{}} http {{ access_log off;\n{text}\n}}"
    (tmp_path / "nginx.conf").write_text(main, encoding="utf-8")
    done = subprocess.run(
        [nginx, "-t", "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
