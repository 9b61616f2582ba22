"""Identity and access: integrations, API keys, users, sessions, audit log."""
