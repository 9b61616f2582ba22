"""`wth login`, `wth logout` and `wth profiles`: keys in the keyring, or in a file of the user's own."""

import stat
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.cast import Cast
from tests.commands.conftest import Wth
from tests.hub import Server


class MemoryKeyring(ModuleType):
    """A keyring that keeps passwords in memory; a locked one raises errors."""

    def __init__(self) -> None:
        super().__init__("keyring")
        self.passwords: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def set_password(self, service: str, name: str, password: str) -> None:
        self._require_unlocked()
        self.passwords[service, name] = password

    def get_password(self, service: str, name: str) -> str | None:
        self._require_unlocked()
        return self.passwords.get((service, name))

    def delete_password(self, service: str, name: str) -> None:
        self._require_unlocked()
        del self.passwords[service, name]

    def _require_unlocked(self) -> None:
        if self.is_locked:
            raise RuntimeError("The keyring is locked.")


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    module = MemoryKeyring()
    monkeypatch.setitem(sys.modules, "keyring", module)
    return module


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)  # makes an import fail


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "profiles" / "profiles.ini"


def login(wth: Wth, server: Server, key: str, *arguments: str) -> str:
    result = wth("login", "--base-url", server.site, *arguments, stdin=f"{key}\n".encode())
    assert result.status == 0, result.stderr
    return result.stdout


@pytest.mark.usefixtures("no_keyring")
def test_commands_use_the_saved_key_and_address(wth: Wth, server: Server, cast: Cast, file: Path) -> None:
    text = login(wth, server, cast.owner.test_key)
    assert text == f"Saved the test key of {cast.owner.dealer.name} as profile default in {file}.\n"
    assert wth("api", "GET", "/me").document["dealer"]["id"] == cast.owner.dealer.id
    login(wth, server, cast.stranger.test_key, "--profile", "stranger")
    assert wth("api", "GET", "/me", "--profile", "stranger").document["dealer"]["id"] == cast.stranger.dealer.id
    assert wth("api", "GET", "/me").document["dealer"]["id"] == cast.owner.dealer.id
    overridden = wth("api", "GET", "/me", env={"WTH_API_KEY": cast.owner.live_key}).document
    assert overridden["mode"] == "live"


@pytest.mark.usefixtures("no_keyring")
def test_file_with_a_key_can_be_read_by_its_owner_only(wth: Wth, server: Server, cast: Cast, file: Path) -> None:
    login(wth, server, cast.owner.test_key)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(file.parent.iterdir()) == [file]
    listed = wth("profiles")
    assert [row.split() for row in listed.stdout.splitlines()[1:]] == [["default", server.site, "file"]]
    shown = listed.stdout + wth("profiles", "--json").stdout + wth("login", "--help").stdout
    assert cast.owner.test_key not in shown


def test_keyring_gets_the_key(wth: Wth, server: Server, cast: Cast, file: Path, keyring: MemoryKeyring) -> None:
    assert login(wth, server, cast.owner.test_key).endswith(" as profile default in the keyring.\n")
    assert keyring.passwords == {("watchtraderhub", "default"): cast.owner.test_key}
    assert cast.owner.test_key not in file.read_text()
    assert wth("api", "GET", "/me").document["dealer"]["id"] == cast.owner.dealer.id
    secret = wth("listen", "--print-secret").stdout
    assert wth("logout").stdout == "Deleted profile default.\n"
    assert keyring.passwords == {}
    assert wth("listen", "--print-secret").stdout != secret


def test_locked_keyring_is_as_none(wth: Wth, server: Server, cast: Cast, file: Path, keyring: MemoryKeyring) -> None:
    keyring.is_locked = True
    assert login(wth, server, cast.owner.test_key).endswith(f" in {file}.\n")
    assert wth("api", "GET", "/me").status == 0
    keyring.is_locked = False
    login(wth, server, cast.owner.test_key)
    keyring.is_locked = True
    missing = wth("listen", "--base-url", server.site)
    assert (missing.status, "No API key." in missing.stderr) == (2, True)


@pytest.mark.usefixtures("no_keyring")
def test_rejected_key_is_not_saved(wth: Wth, server: Server, file: Path) -> None:
    rejected = wth("login", "--base-url", server.site, "--json", stdin=b"wth_NobodysNobodysNobodysNobodysNo12\n")
    assert rejected.error == (1, "invalid_api_key")
    assert wth("login", "--base-url", server.site, "--json", stdin=b"\n").error == (2, "wrong_usage")
    assert not file.exists()


def test_unknown_profile_is_an_error_of_logout(wth: Wth) -> None:
    result = wth("logout", "--profile", "nobody")
    assert (result.status, result.stderr) == (1, "There is no profile nobody. `wth profiles` lists them.\n")


def test_invalid_name_and_damaged_file_are_reported(wth: Wth, file: Path) -> None:
    assert wth("api", "GET", "/me", "--profile", "a]b", "--json").error == (1, "invalid_profile")
    file.parent.mkdir()
    file.write_text("not a profile")
    damaged = wth("profiles")
    assert (damaged.status, damaged.stderr) == (
        1,
        f"Cannot read {file}. Correct it, or delete it and run `wth login`.\n",
    )
    file.write_text("[default]\nlisten_secret = whsec_ä\n")
    secret = wth("listen", "--print-secret")
    assert (secret.status, secret.stdout) == (1, "")
    assert secret.stderr == f"Invalid listen_secret of profile default in {file}. Delete the line.\n"
    folder = wth("listen", "--print-secret", env={"WTH_CONFIG_DIR": "/proc/none"})
    assert folder.status == 1
    assert folder.stderr.startswith("Cannot write /proc/none/profiles.ini (")
