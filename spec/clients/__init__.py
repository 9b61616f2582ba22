"""Generators of the client packages in `clients/`."""
