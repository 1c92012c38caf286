"""Brings the listed members into the Library, as the public may see them, and the directory's counts."""

from __future__ import annotations

from datetime import date

from company_db.directory import Directory
from generator.content.library import Contribution
from generator.settings import Settings


class CompaniesSource:
    """``koho.sources: companies``; an absent database is an empty directory."""

    name = "companies"

    def fingerprint(self, settings: Settings) -> str:
        """Change whenever an intake changed anything, and with the day, because pages expire."""
        return f"{Directory(settings, settings.as_of()).fingerprint()}-{settings.as_of()}"

    def load(self, settings: Settings, on: date) -> Contribution:
        """Yield a ``CompanyProfile`` for each listed member, and one ``DirectoryCounts``."""
        directory = Directory(settings, on)
        return Contribution((*directory.profiles(), directory.counts()))


COMPANIES = CompaniesSource()
