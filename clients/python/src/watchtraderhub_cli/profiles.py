"""Profiles: the URL, the API key and the listener's secret that this machine remembers.

The key is in the keyring of the operating system if there is one, else in the file, which only its owner can read.
"""

from __future__ import annotations

import configparser
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import click

from watchtraderhub_cli import key_storage

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class ProfileError(Exception):
    """A profile that cannot be read or saved; the message says what to do."""


@dataclass(frozen=True)
class Profile:
    """Settings under a name. Fields are None until they are saved."""

    name: str
    base_url: str | None = None
    api_key: str | None = None
    key_storage: str | None = None
    listen_secret: str | None = None

    def read_api_key(self) -> str | None:
        """Return the API key from the keyring or the file."""
        return key_storage.find_key(self.name) if self.key_storage == key_storage.KEYRING else self.api_key

    def with_key(self, api_key: str) -> Profile:
        """Return the profile with a key, which the keyring has now if there is one."""
        if key_storage.store_key(self.name, api_key):
            return replace(self, api_key=None, key_storage=key_storage.KEYRING)
        return replace(self, api_key=api_key, key_storage=key_storage.FILE)


FIELDS = ("base_url", "api_key", "key_storage", "listen_secret")


def find_file() -> Path:
    """Return the path of the file with all profiles, in WTH_CONFIG_DIR or the user's folder for settings."""
    return Path(os.environ.get("WTH_CONFIG_DIR") or click.get_app_dir("watchtraderhub")) / "profiles.ini"


def read_profile(name: str) -> Profile:
    """Read a profile, which is empty if it was never saved. Raises ProfileError."""
    if not _NAME.fullmatch(name):
        raise ProfileError(f"Invalid profile {name!r}: use letters, digits, dots, dashes and underscores.")
    parser = _read()
    values = dict(parser[name]) if parser.has_section(name) else {}
    return Profile(name, **{field: values.get(field) for field in FIELDS})


def list_profiles() -> list[Profile]:
    """Read all profiles, sorted by name. Raises ProfileError."""
    return [read_profile(name) for name in sorted(_read().sections()) if _NAME.fullmatch(name)]


def save_profile(profile: Profile) -> None:
    """Save a profile beside the others. Raises ProfileError."""
    parser = _read()
    values = {field: getattr(profile, field) for field in FIELDS}
    parser[profile.name] = {field: value for field, value in values.items() if value is not None}
    _write(parser)


def delete_profile(profile: Profile) -> bool:
    """Delete a profile and its key. Returns False if it was never saved. Raises ProfileError."""
    if profile.key_storage == key_storage.KEYRING:
        key_storage.delete_key(profile.name)
    parser = _read()
    is_saved = parser.remove_section(profile.name)
    if is_saved:
        _write(parser)
    return is_saved


def _read() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, default_section="")
    try:
        parser.read(find_file(), encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError):
        raise ProfileError(f"Cannot read {find_file()}. Correct it, or delete it and run `wth login`.") from None
    return parser


def _write(parser: configparser.ConfigParser) -> None:
    path = find_file()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp creates a file that only its owner can read; replacing keeps a whole file at any moment
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                parser.write(file)
            os.replace(name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
    except OSError as error:
        raise ProfileError(
            f"Cannot write {path} ({error.strerror}). Set WTH_CONFIG_DIR to a folder of yours."
        ) from None
