"""Searches of the dashboard: each takes filters and returns one result page."""
