"""What every room's ``migrations/env.py`` runs: the migrations on the connection that koho opened."""

from __future__ import annotations

from alembic import context


def run() -> None:
    """Run the migrations inside the caller's transaction."""
    connection = context.config.attributes["connection"]
    metadata = context.config.attributes["metadata"]
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    context.run_migrations()
