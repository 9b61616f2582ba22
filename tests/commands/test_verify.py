"""`wth verify`: a signature checked here, or by the hub."""

import time

from tests.cast import Cast
from tests.commands.conftest import Wth
from tests.hub import Server
from webhooks.signing import headers, new_secret

BODY = b'{"id":"evt_1"}'


def sign(secret: str) -> str:
    signed = headers(event_id="evt_1", body=BODY, timestamp=int(time.time()), secrets=[secret])
    return signed["WTH-Signature"]


def test_secret_is_checked_without_a_hub(wth: Wth) -> None:
    secret = new_secret()
    arguments = ("verify", "--signature", sign(secret), "--base-url", "http://127.0.0.1:9", "--secret")
    valid = wth(*arguments, secret, stdin=BODY)
    assert (valid.status, valid.stdout) == (0, "valid: The signature is valid.\n")
    invalid = wth(*arguments, secret.removeprefix("whsec_"), stdin=BODY)
    assert (invalid.status, invalid.stderr.partition(":")[0]) == (1, "missing_prefix")


def test_hub_checks_with_the_secrets_that_it_knows(wth: Wth, server: Server, cast: Cast) -> None:
    _, secret = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    env = {"WTH_API_KEY": cast.owner.test_key, "WTH_API_URL": server.site}
    assert wth("verify", "--signature", sign(secret), stdin=BODY, env=env).status == 0
    unknown = wth("verify", "--signature", sign(new_secret()), "--json", stdin=BODY, env=env)
    assert (unknown.status, unknown.document["cause"]) == (1, "no_match")
    env["WTH_API_KEY"] = cast.owner.live_key
    rejected = wth("verify", "--signature", sign(secret), stdin=BODY, env=env)
    assert (rejected.status, rejected.stderr.startswith("403: ")) == (1, True)
