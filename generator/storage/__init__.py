"""Databases by URL: SQLite by default, PostgreSQL when it grows."""
