"""Where the enterprise database is."""

from __future__ import annotations

from generator.settings import Settings
from generator.storage.urls import database_url


def companies_url(settings: Settings) -> str:
    """Return the URL of the enterprise database: a file below ``var`` unless a setting says otherwise."""
    return database_url(settings.companies_url, settings.project / "var" / "companies.sqlite3")
