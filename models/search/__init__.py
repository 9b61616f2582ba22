"""Paginated search for the dashboard and the CLI: tables, delivery log, lookups by name."""
