"""The tables of the enterprise database; dates are ISO text, so that both databases sort and compare them alike."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from generator.forms.throttle import throttle_table

metadata = MetaData()
throttle = throttle_table(metadata)

company = Table(
    "company",
    metadata,
    Column("key", String(13), primary_key=True),
    Column("kind", String(3), nullable=False, server_default=""),
    Column("name", Text, nullable=False),
    Column("kana", Text, nullable=False, server_default=""),
    Column("name_en", Text, nullable=False, server_default=""),
    Column("name_image", String(8), nullable=False, server_default=""),
    Column("prefecture_code", String(2), nullable=False, server_default=""),
    Column("municipality_code", String(5), nullable=False, server_default=""),
    Column("postal_code", String(8), nullable=False, server_default=""),
    Column("address", Text, nullable=False, server_default=""),
    Column("address_en", Text, nullable=False, server_default=""),
    Column("process", String(2), nullable=False, server_default=""),
    Column("changed", String(10), nullable=False, server_default=""),
    Column("assigned", String(10), nullable=False, server_default=""),
    Column("closed", String(10), nullable=False, server_default=""),
    Column("close_cause", String(2), nullable=False, server_default=""),
    Column("successor", String(13), nullable=False, server_default=""),
    Column("hidden", Boolean, nullable=False, server_default="0"),
    Column("registry_date", String(10), nullable=False, server_default=""),
    Column("listable", Boolean, nullable=False, server_default="0"),
    Column("digest", String(16), nullable=False),
    Column("seq", Integer, ForeignKey("run.id"), nullable=False),
)
Index("company_seq", company.c.seq)
Index("company_municipality", company.c.municipality_code)

profile = Table(
    "profile",
    metadata,
    Column("key", String(13), ForeignKey("company.key"), primary_key=True),
    Column("record", Text, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("name", Text, nullable=False),
    Column("kana", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("postal_code", String(8), nullable=False),
    Column("address", Text, nullable=False),
    Column("municipality_code", String(5), nullable=False),
    Column("industries", Text, nullable=False),
    Column("confirmed", String(10), nullable=False),
    Column("digest", String(16), nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("who", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("digest", String(16), nullable=False),
    Column("summary", Text, nullable=False),
)

history = Table(
    "history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", Integer, ForeignKey("run.id"), nullable=False),
    Column("key", String(13), nullable=False),
    Column("field", String(32), nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
)
Index("history_key", history.c.key)

registry_day = Table(
    "registry_day",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("run", Integer, ForeignKey("run.id"), nullable=False),
)

revision = Table(
    "revision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(13), ForeignKey("company.key"), nullable=False),
    Column("proposal", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("proposed_at", String(32), nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("decided_at", String(32), nullable=False, server_default=""),
    Column("decided_by", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("language", String(2), nullable=False, server_default="ja"),
)
Index("revision_state", revision.c.state, revision.c.key)

photo = Table(
    "photo",
    metadata,
    Column("key", String(13), ForeignKey("company.key"), primary_key=True),
    Column("digest", String(32), primary_key=True),
    Column("at", String(32), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("large", LargeBinary, nullable=False),
    Column("small", LargeBinary, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("act", String(20), nullable=False),
    Column("key", String(13), nullable=False),
    Column("subject", String(40), nullable=False, server_default=""),
)
Index("audit_key", audit.c.key)
