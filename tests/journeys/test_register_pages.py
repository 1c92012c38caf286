"""Every page of five thousand real register companies is as sound as the sample's."""

from __future__ import annotations

import gzip
import re
import shutil
from itertools import islice
from pathlib import Path
from statistics import median

import pytest

from company_db.commands.registry import import_registry
from company_db.commands.sample import load
from company_db.schema import SCHEMA
from generator import discovery
from generator.content.library import load_library
from generator.settings import Settings
from generator.site.audit.run import audit_built_site
from generator.site.build import build_site
from generator.storage import migrations
from tests.builders import ON, make_settings

ROOT = Path(__file__).parents[2]
REGISTER = ROOT.parent / "shared" / "data" / "companies" / "registry" / "ibaraki_2024.csv"
COMPANIES = 5_000

pytestmark = [pytest.mark.journey, pytest.mark.shared]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A project built with the sample's members and five thousand corporations of the register."""
    if not REGISTER.exists():
        pytest.skip(f"{REGISTER.name} of ../shared is not here")
    project = tmp_path_factory.mktemp("register")
    for name in ("content", "templates"):
        (project / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "mkdocs.yml", project)
    part = project / "register.csv"
    with REGISTER.open("rb") as lines:
        part.write_bytes(b"".join(islice(lines, COMPANIES)))
    settings = make_settings(project, site_url="https://example.jp/")
    migrations.upgrade(SCHEMA, settings)
    load(project, on=str(ON), quiet=True)  # the members that the sample's back numbers introduced
    import_registry([part], project, quiet=True, as_json=False)
    build_site(settings, discovery.sources(), discovery.publishers())
    return settings


def test_the_pages_of_five_thousand_register_companies_are_sound(built: Settings) -> None:
    result = audit_built_site(built, load_library(discovery.sources(), built, ON))
    assert [str(finding) for finding in result.findings[:20]] == []
    assert result.pages > COMPANIES


def test_a_register_only_page_fits_in_one_block_of_a_disk_as_a_rule(built: Settings) -> None:
    pages = [page.read_bytes() for page in built.site.glob("companies/[0-9]*/index.html")]
    sizes = [len(page) for page in pages if b"d-member" not in page]
    assert len(sizes) > COMPANIES // 2
    assert median(sizes) <= 4_096
    assert max(sizes) <= 8_000


def test_a_members_page_loads_at_most_30_kilobytes_that_the_home_page_did_not(built: Settings) -> None:
    site = built.site
    at_home = loaded(site, (site / "index.html").read_text("utf-8"))
    weights = {}
    for path in site.glob("companies/*/index.html"):
        page = path.read_text("utf-8")
        if "d-member" in page:
            parts = loaded(site, page) - at_home
            weights[path.parent.name] = len(gzip.compress(page.encode())) + sum(map(weight, parts))
    assert len(weights) > 200
    assert max(weights.values()) <= 30_000


def loaded(site: Path, page: str) -> set[Path]:
    """Return the files that a page loads at once: styles, scripts and pictures that are not marked lazy."""
    found = set()
    for element in re.findall(r"<(?:link|script|img|image)\b[^>]*>", page):
        target = re.search(r'\s(?:src|href)="/([^"?]+)', element)
        if target and 'rel="alternate"' not in element and 'loading="lazy"' not in element:
            found.add(site / target[1])
    return found


def weight(file: Path) -> int:
    """Return a file's size on its way to a browser."""
    return len(gzip.compress(file.read_bytes()))
