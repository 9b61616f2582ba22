"""Background jobs that a user starts, and locks for periodic jobs."""
