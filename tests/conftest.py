"""Fixtures that every part may ask for by name."""

from tests.browsing import chromium
from tests.faults.summary import pytest_terminal_summary
from tests.postgres import postgres_server, postgres_url

__all__ = ["chromium", "postgres_server", "postgres_url", "pytest_terminal_summary"]
