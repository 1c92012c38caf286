"""Tables of the ledger, which is the queue; moments are Unix seconds (UTC)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from newsletters.tables import metadata

ledger = Table(
    "ledger",
    metadata,
    Column("id", Integer, primary_key=True),  # one row
    Column("install_id", String(32), nullable=False),
    Column("epoch", BigInteger, nullable=False),  # claims ever made
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("issue", String(80), nullable=False, unique=True),
    Column("newsletter", String(40), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    Column("submit_at", BigInteger, nullable=False),
    Column("candidates", Integer, nullable=False, default=0),
    Column("recipients", Integer, nullable=False, default=0),
    Column("reason", Text, nullable=False, default=""),
    Column("updated_at", BigInteger, nullable=False),
)

exclusions = Table(
    "exclusions",
    metadata,
    Column("delivery_id", Integer, ForeignKey("deliveries.id"), primary_key=True),
    Column("reason", String(20), primary_key=True),
    Column("number", Integer, nullable=False),
)

recipients = Table(
    "recipients",
    metadata,
    Column("delivery_id", Integer, ForeignKey("deliveries.id"), primary_key=True),
    Column("subscriber_id", Integer, primary_key=True),
    Column("variant", Integer, nullable=False),
    Column("mailbox_key", BigInteger, nullable=False),
    UniqueConstraint("delivery_id", "mailbox_key", name="uq_recipients_mailbox"),
    sqlite_with_rowid=False,
)

variants = Table(
    "variants",
    metadata,
    Column("delivery_id", Integer, ForeignKey("deliveries.id"), primary_key=True),
    Column("variant", Integer, primary_key=True),
    Column("key", Text, nullable=False),
)

chunks = Table(
    "chunks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("delivery_id", Integer, ForeignKey("deliveries.id"), nullable=False),
    Column("variant", Integer, nullable=False),
    Column("low", Integer, nullable=False),  # subscriber ids, both included
    Column("high", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("excluded", Integer, nullable=False, default=0),
    Column("state", String(12), nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("fence", Integer, nullable=False, default=0),
    Column("lease_until", BigInteger, nullable=False, default=0),
    Column("not_before", BigInteger, nullable=False, default=0),
    Column("request_sha256", LargeBinary(32)),
    Column("batch_id", String(64), nullable=False, default=""),
    Column("send_at", BigInteger, nullable=False, default=0),
    Column("provider_id", String(100), nullable=False, default=""),
    Column("reason", String(100), nullable=False, default=""),
    Column("parent_id", Integer),
    Column("updated_at", BigInteger, nullable=False),
    Index("ix_chunks_state", "delivery_id", "state", "not_before", "id"),
)

canaries = Table(
    "canaries",
    metadata,
    Column("delivery_id", Integer, ForeignKey("deliveries.id"), primary_key=True),
    Column("position", Integer, primary_key=True),  # from 1
    Column("sent_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),  # of the first event that came back; 0: none yet
)

facts = Table(
    "facts",
    metadata,
    Column("delivery_id", Integer, primary_key=True),
    Column("subscriber_id", Integer, primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("chunk_id", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),  # the earliest told
    Column("reason", String(200), nullable=False, default=""),
    Index("ix_facts_subscriber", "subscriber_id", "kind"),
    sqlite_with_rowid=False,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("print", String(64), primary_key=True),  # SHA-256 of the event without its event id
    Column("at", BigInteger, nullable=False),
    Column("why", String(80), nullable=False),
    Column("event", Text, nullable=False),
)
