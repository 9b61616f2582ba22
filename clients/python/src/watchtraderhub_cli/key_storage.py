"""API keys in the keyring of the operating system, through the optional package keyring."""

from __future__ import annotations

from importlib import import_module
from typing import Any

SERVICE = "watchtraderhub"
KEYRING = "keyring"
FILE = "file"


def store_key(profile: str, api_key: str) -> bool:
    """Store a key. Returns False if this machine has no keyring, or it is locked."""
    keyring = _load()
    if keyring is None:
        return False
    try:
        keyring.set_password(SERVICE, profile, api_key)
    except Exception:  # backends raise errors of their systems; the file remains
        return False
    return True


def find_key(profile: str) -> str | None:
    """Return a stored key; None if the keyring has none or is locked."""
    keyring = _load()
    try:
        return None if keyring is None else keyring.get_password(SERVICE, profile)
    except Exception:  # as above; the command says that it has no key
        return None


def delete_key(profile: str) -> None:
    """Delete a key, if the keyring has it."""
    keyring = _load()
    try:
        if keyring is not None:
            keyring.delete_password(SERVICE, profile)
    except Exception:  # noqa: S110 - a key that is not there is deleted
        pass


def _load() -> Any:
    try:
        return import_module("keyring")
    except ImportError:
        return None
