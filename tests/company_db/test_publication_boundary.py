"""Nothing that publishes can reach a full record: only the office's side imports it."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]

OFFICE = (
    "company_db/commands/",
    "company_db/comparison.py",
    "company_db/completeness.py",
    "company_db/desk.py",
    "company_db/directory.py",  # turns records into public views, and hands out nothing else
    "company_db/edit_page.py",
    "company_db/editing.py",
    "company_db/intake/",
    "company_db/letters.py",
    "company_db/publication.py",
    "company_db/registry/",
    "company_db/revisions.py",
    "company_db/samples/",
    "company_db/store.py",
    "company_db/web.py",
)


def importers(module: str, name: str) -> list[str]:
    found = []
    for path in (ROOT / "company_db").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == module:
                found.extend(path.relative_to(ROOT).as_posix() for alias in node.names if alias.name == name)
    return found


def test_full_records_stay_on_the_offices_side() -> None:
    assert [
        path for path in importers("company_db.model", "CompanyRecord") if not path.startswith(OFFICE)
    ] == []


def test_the_store_of_full_records_is_not_read_for_pages() -> None:
    assert [
        path for path in importers("company_db.store", "CompanyStore") if not path.startswith(OFFICE)
    ] == []


def test_the_source_of_the_site_hands_out_public_views_alone() -> None:
    text = (ROOT / "company_db" / "source.py").read_text(encoding="utf-8")
    assert "CompanyRecord" not in text
    assert "profiles()" in text
