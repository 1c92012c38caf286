"""The real register of Ibaraki, counted twice: by the database, and by a few lines that know nothing of it."""

from __future__ import annotations

import csv
import io
import sqlite3
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from company_db.classification import codes
from company_db.commands.app import app
from company_db.directory import Directory
from company_db.schema import SCHEMA
from generator.storage import migrations
from tests.builders import ON, make_settings

REGISTRY = Path(__file__).parents[4] / "shared" / "data" / "companies" / "registry"
FULL = REGISTRY / "08_ibaraki_all_20160229.zip"
YEARS = [REGISTRY / f"ibaraki_{year}.csv" for year in (2021, 2022, 2023, 2024)]

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FULL.exists(), reason="../shared/data がありません（本物の法人番号データ）"),
]


def independent_state() -> dict[str, list[str]]:
    """The newest row of each corporation: the last one of the files in order that is the latest of its history."""
    state: dict[str, list[str]] = {}
    with zipfile.ZipFile(FULL) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".csv"))
        for row in csv.reader(io.StringIO(archive.read(name).decode("utf-8"))):
            state[row[1]] = [*row, "1", "", "", "", "", "", "0"]
    for path in YEARS:
        days: dict[str, list[list[str]]] = {}
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                days.setdefault(row[0], []).append(row[1:])
        for day in sorted(days):
            latest = {row[1]: row for row in days[day] if row[23] == "1"}
            for number in {row[1] for row in days[day]} - latest.keys() & state.keys():
                if number in state and number not in latest:
                    state[number] = [*state[number][:13], "", *state[number][14:]]
            state |= latest
    return state


def test_the_database_agrees_with_an_independent_count_and_a_second_run_changes_nothing(
    tmp_path: Path,
) -> None:
    settings = make_settings(tmp_path)
    migrations.upgrade(SCHEMA, settings)
    arguments = ["import-registry", "--quiet", "--project", str(tmp_path), *map(str, [FULL, *YEARS])]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    before = dump(tmp_path)

    expected = independent_state()
    shown = {
        number: row
        for number, row in expected.items()
        if row[13] == "08" and row[8] in {"301", "302", "303", "304", "305"} and row[29] == "0"
    }
    is_open = {number: row for number, row in shown.items() if not row[18]}
    rows = list(Directory(settings, ON).rows())
    assert {row.key for row in rows} == shown.keys()
    assert {row.key for row in rows if not row.closed} == is_open.keys()
    assert Directory(settings, ON).counts().listed == len(is_open)
    by_municipality = Counter(row.municipality_code for row in rows if not row.closed)
    assert by_municipality == Counter(row[13] + row[14] for row in is_open.values())
    assert set(by_municipality) == set(codes.municipalities())
    assert {row.key: row.name for row in rows} == {number: row[6] for number, row in shown.items()}
    assert {row.key: row.successor for row in rows} == {number: row[20] for number, row in shown.items()}

    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert dump(tmp_path) == before


def dump(project: Path) -> str:
    with sqlite3.connect(project / "build" / "companies.sqlite3") as connection:
        return "\n".join(connection.iterdump())
