"""Issues and the record of their steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issues",
        sa.Column("key", sa.String(80), primary_key=True),
        sa.Column("newsletter", sa.String(40), nullable=False),
        sa.Column("issue_date", sa.String(10), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("approved_fingerprint", sa.String(64), nullable=False),
        sa.Column("submit_at", sa.DateTime(timezone=True)),
        sa.Column("submitted_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("newsletter", "number", name="uq_issues_number"),
    )
    op.create_index("ix_issues_state", "issues", ["state", "submit_at"])
    op.create_table(
        "issue_steps",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("issue", sa.String(80), sa.ForeignKey("issues.key"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("on_behalf_of", sa.String(80), nullable=False),
        sa.Column("action", sa.String(30), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
    )
    op.create_index("ix_issue_steps_issue", "issue_steps", ["issue"])


def downgrade() -> None:
    op.drop_table("issue_steps")
    op.drop_table("issues")
