"""The dashboard: server-rendered HTML pages that work without JavaScript."""
