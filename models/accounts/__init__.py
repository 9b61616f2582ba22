"""Who acts: integrations and API keys, users and sessions, the audit log."""
