"""Canaries as rows, and an index by which the next chunk is found at once among a million."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "canaries",
        sa.Column("delivery_id", sa.Integer, sa.ForeignKey("deliveries.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("sent_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )
    op.drop_column("deliveries", "canary")
    op.drop_index("ix_chunks_state", "chunks")
    op.create_index("ix_chunks_state", "chunks", ["delivery_id", "state", "not_before", "id"])
