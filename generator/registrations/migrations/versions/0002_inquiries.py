"""Inquiries to the office, kept until they are answered."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inquiry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("company", sa.Text, nullable=False),
        sa.Column("telephone", sa.String(40), nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("forwarded_at", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("inquiry")
