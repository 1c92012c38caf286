"""An import that is killed at any moment leaves a database that the same command completes.

``KOHO_KILLS=20`` kills as often as that, on the real register where it is there.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from company_db.schema import SCHEMA
from generator.storage import migrations
from tests.builders import make_settings
from tests.company_db.registry.rows import make_row, write_file
from tests.company_db.registry.test_real_register import FULL, YEARS

KILLS = int(os.environ.get("KOHO_KILLS", "3"))


@pytest.mark.faults
def test_a_killed_import_is_completed_to_the_same_state_by_running_it_again(tmp_path: Path) -> None:
    files = [FULL, *YEARS] if KILLS > 3 and FULL.exists() else made_files(tmp_path)
    whole = fresh(tmp_path / "whole")
    began = time.monotonic()
    assert start(whole, files).wait() == 0
    seconds = time.monotonic() - began
    expected = state(whole)
    chance = random.Random(8)
    for kill in range(KILLS):
        project = fresh(tmp_path / f"kill{kill}")
        process = start(project, files)
        time.sleep(chance.uniform(0.3, 1.0) * seconds)
        process.kill()
        process.wait()
        assert state(project) in ([], expected)
        assert start(project, files).wait() == 0
        assert state(project) == expected


def made_files(folder: Path) -> list[Path]:
    full = [make_row(serial, updated="2024-01-04") for serial in range(1, 6_001)]
    later = [
        make_row(serial, updated="2024-01-05", name=f"改名{serial}株式会社") for serial in range(1, 3_001)
    ]
    return [
        write_file(folder / "all_20240104.csv", full),
        write_file(folder / "diff_20240105.csv", later),
    ]


def fresh(project: Path) -> Path:
    project.mkdir()
    migrations.upgrade(SCHEMA, make_settings(project))
    return project


def start(project: Path, files: list[Path]) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-c",
        "from generator.cli import main; main()",
        "companies",
        "import-registry",
        "--quiet",
    ]
    return subprocess.Popen([*command, "--project", str(project), *map(str, files)])


def state(project: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(project / "var" / "companies.sqlite3") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        companies = connection.execute("SELECT * FROM company ORDER BY key").fetchall()
        changes = connection.execute(
            "SELECT run, key, field, before, after FROM history ORDER BY id"
        ).fetchall()
        return companies + changes
