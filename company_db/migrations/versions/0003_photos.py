"""Photos of companies with their bytes, the language of a proposal, and what happened at the company's door."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photo",
        sa.Column("key", sa.String(13), sa.ForeignKey("company.key"), primary_key=True),
        sa.Column("digest", sa.String(32), primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("large", sa.LargeBinary, nullable=False),
        sa.Column("small", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("key", sa.String(13), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False, server_default=""),
    )
    op.create_index("audit_key", "audit", ["key"])
    with op.batch_alter_table("revision") as batch:
        batch.add_column(sa.Column("language", sa.String(2), nullable=False, server_default="ja"))


def downgrade() -> None:
    with op.batch_alter_table("revision") as batch:
        batch.drop_column("language")
    op.drop_table("audit")
    op.drop_table("photo")
