"""The real register of Ibaraki, counted twice: by the database, and by a few lines that know nothing of it."""

from __future__ import annotations

import csv
import io
import re
import shutil
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import html5lib
import orjson
import pytest
from typer.testing import CliRunner

from company_db.classification import codes
from company_db.commands.app import app
from company_db.directory import Directory
from company_db.schema import SCHEMA
from generator.settings import Settings
from generator.storage import migrations
from tests.builders import ON, make_settings
from tests.company_db.pages.directories import publish

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


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A project with the whole register: the full file of 2016, then four years of differentials."""
    settings = make_settings(tmp_path_factory.mktemp("register"), processes=2)
    migrations.upgrade(SCHEMA, settings)
    take_in(settings)
    yield settings
    shutil.rmtree(settings.project)  # 150,000 pages


def take_in(settings: Settings) -> None:
    arguments = ["import-registry", "--quiet", "--project", str(settings.project), *map(str, [FULL, *YEARS])]
    assert CliRunner().invoke(app, arguments).exit_code == 0


def test_the_database_agrees_with_an_independent_count_and_a_second_run_changes_nothing(
    register: Settings,
) -> None:
    settings, before = register, dump(register.project)
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

    take_in(settings)
    assert dump(settings.project) == before


def test_each_listed_corporation_stands_in_one_of_44_municipality_lists(register: Settings) -> None:
    publish(register)
    listed = [row.key for row in Directory(register, ON).rows() if not row.closed]
    lists = register.site / "companies" / "municipality"
    named = [
        company["key"]
        for path in lists.glob("*.json")
        for company in orjson.loads(path.read_bytes())["companies"]
    ]
    counts = [
        re.search(r'<p class="d-count"><b>([0-9,]+)</b>', path.read_text("utf-8"))
        for path in lists.glob("08*/index.html")
    ]
    assert len(counts) == 44
    assert sum(int(count[1].replace(",", "")) for count in counts if count) == len(listed)
    assert sorted(named) == sorted(listed)


def test_every_link_of_the_whole_directory_leads_somewhere_and_each_kind_of_page_is_valid(
    register: Settings,
) -> None:
    publish(register)
    site, kinds, wanted = register.site, dict[str, str](), set[bytes]()
    for path in site.rglob("*.html"):
        page = path.read_bytes()
        wanted.update(re.findall(rb'(?:href|src)="/([^"?#]*)', page))
        kinds.setdefault(_kind(str(path.relative_to(site)), page), page.decode())
    outside = ("search/", "en/search/", "inquiry/", "update/", "assets/")
    targets = {
        site / name.decode() for name in wanted - {b"", b"en/"} if not name.decode().startswith(outside)
    }
    assert [target for target in targets if not target.exists()] == []
    assert len(kinds) >= 2 * len(("open", "closed", "front", "list", "later page", "section"))
    for page in kinds.values():
        html5lib.HTMLParser(strict=True).parse(page)


def _kind(name: str, page: bytes) -> str:
    """Return what pages of one making have in common: their path without numbers, and whether one is closed."""
    return f"{re.sub('[0-9]+', '0', name)} {b'd-closed' in page}"


def dump(project: Path) -> str:
    with sqlite3.connect(project / "var" / "companies.sqlite3") as connection:
        return "\n".join(connection.iterdump())
