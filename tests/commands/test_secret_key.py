"""The secret key: a wrong one is rejected, and a rotation loses neither a secret nor a signature."""

import hashlib
import hmac
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from starlette.responses import Response

import config
from config.key_file import KeyFile
from dashboard import cookie
from models import vault
from models.accounts.session import Session
from models.accounts.user import User
from models.delivery.endpoint import Endpoint
from models.secret_key import SecretKeyCheck, adopt_key
from tests.cast import Cast
from tests.client import Client, error_of
from tests.commands.conftest import Wth
from tests.hub import Server
from tests.journeys.processes import WTH
from tests.receiver import Receiver

OTHER_KEY = "another key that has more than thirty-two characters"
WRONG = "The secret key is not the one that encrypted the webhook secrets in this database."


@pytest.fixture
def key_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> KeyFile:
    """A key file instead of WTH_SECRET_KEY, which processes read again at once."""
    monkeypatch.setattr("config.key_file.RELOAD_SECONDS", 0.0)
    monkeypatch.setattr(config, "SECRET_KEY", "")
    monkeypatch.setattr(config, "KEY_FILE", KeyFile(tmp_path / "secret.key"))
    return config.KEY_FILE


def secrets_of(*endpoints: Endpoint) -> list[str]:
    return [vault.decrypt(Endpoint.get_by_id(endpoint.id).secret) for endpoint in endpoints]


def session_cookie(cast: Cast) -> dict[str, str]:
    user = User.register(cast.owner.dealer, email="a@uhren.example", password="a quiet saturday", role="owner")
    response = Response()
    cookie.write(response, Session.open(user))
    name, _, value = response.headers["set-cookie"].partition(";")[0].partition("=")
    return {name: value}


def is_signed_in(server: Server, cookies: dict[str, str]) -> bool:
    response = requests.get(f"{server.site}/account", cookies=cookies, allow_redirects=False, timeout=20)
    return response.status_code == 200


def has_valid_signature(receiver: Receiver, secret: str) -> bool:
    request = receiver.deliveries[-1]
    time, _, signature = request.headers["WTH-Signature"].partition(",v1=")
    message = time.removeprefix("t=").encode() + b"." + request.body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest() == signature


@pytest.mark.parametrize("is_known", [True, False], ids=["checked before", "never checked"])
def test_commands_and_processes_reject_a_wrong_key(
    wth: Wth, cast: Cast, monkeypatch: pytest.MonkeyPatch, *, is_known: bool
) -> None:
    cast.owner.endpoint("https://shop.example/hooks")
    if is_known:
        assert wth("endpoint", "list", "--dealer", cast.owner.dealer.id).status == 0
    monkeypatch.setattr(config, "SECRET_KEY", OTHER_KEY)
    assert wth("endpoint", "list", "--dealer", cast.owner.dealer.id, "--json").error == (1, "wrong_secret_key")
    check = next(row for row in wth("check", "--json").document["checks"] if row["name"] == "secret key")
    assert not check["ok"]
    assert check["detail"].startswith(WRONG)


def test_processes_do_not_start_with_a_wrong_key(wth: Wth, cast: Cast) -> None:
    assert wth("endpoint", "list", "--dealer", cast.owner.dealer.id).status == 0
    command = [sys.executable, str(WTH), "worker"]
    environment = {**os.environ, "WTH_SECRET_KEY": OTHER_KEY}
    process = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert process.returncode == 1
    assert process.stderr.startswith(f"Error: {WRONG}")


def test_rotation_keeps_secrets_sessions_cursors_and_messages(
    wth: Wth,
    cast: Cast,
    api: Client,
    server: Server,
    receiver: Receiver,
    deliver: Callable[[], None],
    key_file: KeyFile,
) -> None:
    _, secret = cast.owner.endpoint(receiver.url)
    watch, *_ = cast.owner.listings(3)
    cursor = api.get("/listings", limit=1).json()["next_cursor"]
    cookies = session_cookie(cast)
    assert api.order(watch.id).status_code == 201  # leaves a signed message in the queue
    [old_key] = key_file.read()
    assert wth("secret-key", "rotate", "--json").document == {"reencrypted": 1}
    assert key_file.read()[0] != old_key
    assert key_file.path.stat().st_mode & 0o777 == 0o600
    deliver()
    assert has_valid_signature(receiver, secret)
    assert api.get("/listings", after=cursor).status_code == 200
    assert is_signed_in(server, cookies)
    assert "previous keys that are accepted: 1" in wth("check").stdout
    assert wth("secret-key", "retire", "--json").document == {"reencrypted": 0, "retired": 1}
    assert old_key not in key_file.read()
    assert error_of(api.get("/listings", after=cursor)) == (400, "invalid_cursor", "after")
    assert not is_signed_in(server, cookies)
    assert api.post("/test/webhook_ping").status_code < 300
    deliver()
    assert has_valid_signature(receiver, secret)


def test_interrupted_rotation_is_completed_by_the_next(wth: Wth, cast: Cast, key_file: KeyFile) -> None:
    created = [cast.owner.endpoint(f"https://shop.example/{number}") for number in range(3)]
    endpoints, secrets = [endpoint for endpoint, _ in created], [secret for _, secret in created]
    assert wth("check").status in (0, 1)
    first = Endpoint.get_by_id(endpoints[0].id)
    key_file.add()
    assert secrets_of(*endpoints) == secrets
    key_file.promote()
    Endpoint.update(secret=vault.reencrypt(first.secret)).where(Endpoint.id == first.id).execute()
    assert secrets_of(*endpoints) == secrets
    assert wth("secret-key", "rotate").status == 0
    assert wth("secret-key", "retire").status == 0
    assert len(key_file.read()) == 1
    assert secrets_of(*endpoints) == secrets
    assert wth("endpoint", "list", "--dealer", cast.owner.dealer.id).status == 0


def test_previous_secret_of_an_endpoint_is_encrypted_again(cast: Cast, key_file: KeyFile) -> None:
    endpoint, secret = cast.owner.endpoint("https://shop.example/hooks")
    endpoint.rotate_secret()
    key_file.add()
    key_file.promote()
    assert adopt_key() == 2
    key_file.retire()
    previous = Endpoint.get_by_id(endpoint.id).previous_secret
    assert previous is not None
    assert vault.decrypt(previous) == secret


def test_secrets_are_encrypted_again_in_batches(cast: Cast, key_file: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.secret_key.BATCH_SIZE", 3)
    for person in (cast.owner, cast.stranger):
        for number in range(5):
            person.endpoint(f"https://shop.example/{number}")
    key_file.add()
    key_file.promote()
    assert (adopt_key(), adopt_key()) == (10, 0)


def test_rotation_with_settings_takes_the_key_from_them(wth: Wth, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint, secret = cast.owner.endpoint("https://shop.example/hooks")
    assert wth("secret-key", "rotate", "--json").error == (1, "no_previous_key")
    monkeypatch.setattr(config, "SECRET_KEY_PREVIOUS", (config.SECRET_KEY,))
    monkeypatch.setattr(config, "SECRET_KEY", OTHER_KEY)
    assert wth("secret-key", "rotate", "--json").document == {"reencrypted": 1}
    assert wth("secret-key", "retire", "--json").document == {"reencrypted": 0, "retired": 0}
    monkeypatch.setattr(config, "SECRET_KEY_PREVIOUS", ())
    assert secrets_of(endpoint) == [secret]
    assert SecretKeyCheck.select().count() == 1
    assert wth("endpoint", "list", "--dealer", cast.owner.dealer.id).status == 0
