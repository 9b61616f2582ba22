"""Dealers' inventory files: reading them as people write them, and writing them so that they read back."""
