"""Where the enterprise database is and how it is brought up to date."""

from __future__ import annotations

from pathlib import Path

from company_db.location import companies_url
from company_db.tables import metadata
from generator.storage.schema import Schema

SCHEMA = Schema(
    name="companies",
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    url_of=companies_url,
)
