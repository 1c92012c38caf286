"""Tables of the audience; moments are Unix seconds (UTC), ``mailbox_key`` is a keyed hash of the mailbox."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from newsletters.tables import metadata

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("address", Text, nullable=False),  # as given
    Column("deliverable", Text, nullable=False),
    Column("mailbox", Text, nullable=False, unique=True),
    Column("mailbox_key", BigInteger, nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("newsletter", String(40), primary_key=True),
    Column("subscriber_id", Integer, ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("topics", Text, nullable=False, default=""),  # sorted, comma between; empty: everything
    Column("language", String(5), nullable=False, default="ja"),
    Column("since", BigInteger, nullable=False),  # of the state
    sqlite_with_rowid=False,
)

consents = Table(
    "consents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("subscriber_id", Integer),  # empty after erasure
    Column("mailbox_key", BigInteger, nullable=False),
    Column("newsletter", String(40), nullable=False),
    Column("act", String(12), nullable=False),  # the state it led to
    Column("at", BigInteger, nullable=False),
    Column("how", String(40), nullable=False),
    Column("wording", Text, nullable=False, default=""),
    Column("source", Text, nullable=False, default=""),
    Index("ix_consents_mailbox", "mailbox_key"),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("mailbox_key", BigInteger, primary_key=True),
    Column("newsletter", String(40), primary_key=True, default=""),  # empty: every newsletter
    Column("reason", String(20), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("source", Text, nullable=False, default=""),
    sqlite_with_rowid=False,
)
