"""Runs the registrations database's migrations on koho's connection."""

from generator.storage import alembic_env

alembic_env.run()
