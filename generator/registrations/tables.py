"""What visitors send by forms, in a database of its own: registrations, and inquiries to the office."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, UniqueConstraint

from generator.forms.throttle import throttle_table
from generator.settings import Settings
from generator.storage.database import database_url
from generator.storage.schema import Schema

metadata = MetaData()
throttle = throttle_table(metadata)
registration = Table(
    "registration",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("event", String(120), nullable=False),  # the event's address on the site
    Column("mailbox", String(254), nullable=False),
    Column("address", String(254), nullable=False),
    Column("name", Text, nullable=False),
    Column("company", Text, nullable=False),
    Column("telephone", String(40), nullable=False),
    Column("people", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("state", String(12), nullable=False),
    Column("at", String(32), nullable=False),  # ISO, UTC
    Column("changed_at", String(32), nullable=False),
    UniqueConstraint("event", "mailbox", name="uq_registration_event_mailbox"),
)

inquiry = Table(
    "inquiry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("address", String(254), nullable=False),
    Column("name", Text, nullable=False),
    Column("company", Text, nullable=False),
    Column("telephone", String(40), nullable=False),
    Column("country", Text, nullable=False),
    Column("about", Text, nullable=False),  # site addresses, one a line
    Column("message", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column(
        "digest", String(64), nullable=False, unique=True
    ),  # the same words of the same person, once a day
    Column("forwarded_at", String(32), nullable=False),  # empty until the office's mail was handed over
)


def registrations_url(settings: Settings) -> str:
    """Return the URL of the registrations database."""
    return database_url(settings.registrations_url, settings.project / "var" / "registrations.sqlite3")


SCHEMA = Schema("registrations", metadata, Path(__file__).parent / "migrations", registrations_url)
