"""Runs the migrations of the enterprise database."""

from generator.storage import alembic_env

alembic_env.run()
