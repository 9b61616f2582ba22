"""Backups of the database, and its move from SQLite to PostgreSQL."""
