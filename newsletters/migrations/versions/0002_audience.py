"""Subscribers, subscriptions, consents and suppressions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("deliverable", sa.Text, nullable=False),
        sa.Column("mailbox", sa.Text, nullable=False, unique=True),
        sa.Column("mailbox_key", sa.BigInteger, nullable=False, unique=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "subscriptions",
        sa.Column("newsletter", sa.String(40), primary_key=True),
        sa.Column(
            "subscriber_id", sa.Integer, sa.ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("subscriber_id", sa.Integer),
        sa.Column("mailbox_key", sa.BigInteger, nullable=False),
        sa.Column("newsletter", sa.String(40), nullable=False),
        sa.Column("act", sa.String(12), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("how", sa.String(40), nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
    )
    op.create_index("ix_consents_mailbox", "consents", ["mailbox_key"])
    op.create_table(
        "suppressions",
        sa.Column("mailbox_key", sa.BigInteger, primary_key=True),
        sa.Column("newsletter", sa.String(40), primary_key=True),
        sa.Column("reason", sa.String(20), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("suppressions")
    op.drop_table("consents")
    op.drop_table("subscriptions")
    op.drop_table("subscribers")
