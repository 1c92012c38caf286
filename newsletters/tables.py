"""The audience database's tables: here those of the issues; subscribers and deliveries join the same metadata."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from generator.forms.throttle import throttle_table
from generator.settings import Settings
from generator.storage.database import database_url
from generator.storage.schema import Schema

metadata = MetaData()
throttle = throttle_table(metadata)

issues = Table(
    "issues",
    metadata,
    Column("key", String(80), primary_key=True),  # magazine/2023-11-22
    Column("newsletter", String(40), nullable=False),
    Column("issue_date", String(10), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("author", String(80), nullable=False, default=""),
    Column("fingerprint", String(64), nullable=False, default=""),  # of the frozen issue under review
    Column("approved_fingerprint", String(64), nullable=False, default=""),
    Column("submit_at", DateTime(timezone=True)),  # UTC; the moment in force
    Column("submitted_at", DateTime(timezone=True)),
    UniqueConstraint("newsletter", "number", name="uq_issues_number"),
    Index("ix_issues_state", "state", "submit_at"),
)

issue_steps = Table(
    "issue_steps",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("issue", String(80), ForeignKey("issues.key"), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("who", String(80), nullable=False),
    Column("on_behalf_of", String(80), nullable=False, default=""),
    Column("action", String(30), nullable=False),
    Column("state", String(20), nullable=False),  # after the step
    Column("reason", Text, nullable=False, default=""),
    Column("fingerprint", String(64), nullable=False, default=""),
)


def audience_url(settings: Settings) -> str:
    """Return the URL of the audience database."""
    return database_url(settings.audience_url, settings.project / "var" / "audience.sqlite3")


schema = Schema(
    name="newsletters",
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    url_of=audience_url,
)
