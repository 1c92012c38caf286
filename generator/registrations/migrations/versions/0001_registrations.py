"""Registrations for events, and the throttle that guards their form."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("event", sa.String(120), nullable=False),
        sa.Column("mailbox", sa.String(254), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("company", sa.Text, nullable=False),
        sa.Column("telephone", sa.String(40), nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.UniqueConstraint("event", "mailbox", name="uq_registration_event_mailbox"),
    )
    op.create_table(
        "throttle",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("who", sa.String(64), primary_key=True),
        sa.Column("window", sa.Integer, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("throttle")
    op.drop_table("registration")
