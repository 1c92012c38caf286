"""Companies, members' profiles, intake runs with history, registry days and revisions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("digest", sa.String(16), nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
    )
    op.create_table(
        "company",
        sa.Column("key", sa.String(13), primary_key=True),
        sa.Column("kind", sa.String(3), nullable=False, server_default=""),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kana", sa.Text, nullable=False, server_default=""),
        sa.Column("name_en", sa.Text, nullable=False, server_default=""),
        sa.Column("name_image", sa.String(8), nullable=False, server_default=""),
        sa.Column("prefecture_code", sa.String(2), nullable=False, server_default=""),
        sa.Column("municipality_code", sa.String(5), nullable=False, server_default=""),
        sa.Column("postal_code", sa.String(8), nullable=False, server_default=""),
        sa.Column("address", sa.Text, nullable=False, server_default=""),
        sa.Column("address_en", sa.Text, nullable=False, server_default=""),
        sa.Column("process", sa.String(2), nullable=False, server_default=""),
        sa.Column("changed", sa.String(10), nullable=False, server_default=""),
        sa.Column("assigned", sa.String(10), nullable=False, server_default=""),
        sa.Column("closed", sa.String(10), nullable=False, server_default=""),
        sa.Column("close_cause", sa.String(2), nullable=False, server_default=""),
        sa.Column("successor", sa.String(13), nullable=False, server_default=""),
        sa.Column("hidden", sa.Boolean, nullable=False, server_default="0"),
        sa.Column("registry_date", sa.String(10), nullable=False, server_default=""),
        sa.Column("listable", sa.Boolean, nullable=False, server_default="0"),
        sa.Column("digest", sa.String(16), nullable=False),
        sa.Column("seq", sa.Integer, sa.ForeignKey("run.id"), nullable=False),
    )
    op.create_table(
        "profile",
        sa.Column("key", sa.String(13), sa.ForeignKey("company.key"), primary_key=True),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("listed", sa.Boolean, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kana", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("postal_code", sa.String(8), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("municipality_code", sa.String(5), nullable=False),
        sa.Column("industries", sa.Text, nullable=False),
        sa.Column("confirmed", sa.String(10), nullable=False),
        sa.Column("digest", sa.String(16), nullable=False),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run", sa.Integer, sa.ForeignKey("run.id"), nullable=False),
        sa.Column("key", sa.String(13), nullable=False),
        sa.Column("field", sa.String(32), nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
    )
    op.create_table(
        "registry_day",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("run", sa.Integer, sa.ForeignKey("run.id"), nullable=False),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(13), sa.ForeignKey("company.key"), nullable=False),
        sa.Column("proposal", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("proposed_at", sa.String(32), nullable=False),
        sa.Column("proposed_by", sa.Text, nullable=False),
        sa.Column("decided_at", sa.String(32), nullable=False, server_default=""),
        sa.Column("decided_by", sa.Text, nullable=False, server_default=""),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("company_seq", "company", ["seq"])
    op.create_index("company_municipality", "company", ["municipality_code"])
    op.create_index("history_key", "history", ["key"])
    op.create_index("revision_state", "revision", ["state", "key"])
