"""Client of the HTTP API, for commands that have a key and no database."""
