"""Every page of five thousand real register companies is as sound as the sample's."""

from __future__ import annotations

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
from generator.site.audit.run import audit_built_site
from generator.site.build import build_site
from generator.storage import migrations
from tests.builders import ON, make_settings

ROOT = Path(__file__).parents[2]
REGISTER = ROOT.parent / "shared" / "data" / "companies" / "registry" / "ibaraki_2024.csv"
COMPANIES = 5_000

pytestmark = [pytest.mark.journey, pytest.mark.shared]


def test_the_pages_of_five_thousand_register_companies_are_sound(tmp_path: Path) -> None:
    if not REGISTER.exists():
        pytest.skip(f"{REGISTER.name} of ../shared is not here")
    for name in ("content", "templates"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    part = tmp_path / "register.csv"
    with REGISTER.open("rb") as lines:
        part.write_bytes(b"".join(islice(lines, COMPANIES)))
    settings = make_settings(tmp_path, site_url="https://example.jp/")
    migrations.upgrade(SCHEMA, settings)
    load(tmp_path, on=str(ON), quiet=True)  # the members that the sample's back numbers introduced
    import_registry([part], tmp_path, quiet=True, as_json=False)
    sources = discovery.sources()
    build_site(settings, sources, discovery.publishers())
    result = audit_built_site(settings, load_library(sources, settings, ON))
    assert [str(finding) for finding in result.findings[:20]] == []
    assert result.pages > COMPANIES
    pages = [page.read_bytes() for page in settings.site.glob("companies/[0-9]*/index.html")]
    sizes = [len(page) for page in pages if b"d-member" not in page]
    assert len(sizes) > COMPANIES // 2
    assert median(sizes) <= 4_096, "most register-only pages fit into one block of a disk"
    assert max(sizes) <= 8_000
