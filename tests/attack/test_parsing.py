"""Bodies that are expensive to parse."""

import pytest

from tests.attack.arena import ATTACKER, Arena
from tests.attack.raw_http import Headers, exchange, request, status_of

MULTIPART = "multipart/form-data; boundary=x; charset="
FORM = "application/x-www-form-urlencoded"


def multipart(*values: bytes) -> bytes:
    part = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n'
    return b"".join(part + value + b"\r\n" for value in values) + b"--x--\r\n"


PARTS = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
FORMS = {
    "form in punycode": (MULTIPART + "punycode", multipart(*[b"a" * 1_000_000] * 3)),
    "form in an undefined charset": (MULTIPART + "undefined", multipart(b"a")),
    "form of 16 MiB of &": (FORM, b"&" * (16 * 2**20)),
    "form of 300,000 empty parts": (MULTIPART + "utf-8", PARTS * 300_000 + b"--x--\r\n"),
}
JSON_BODIES = {
    "JSON nested deeply": b"[" * 500_000 + b"]" * 500_000,
    "JSON of 333,001 objects": b"[" + b"{}," * 333_000 + b"{}]",
    "JSON of 500,000 invalid items": b'{"items": [' + b"1," * 499_000 + b"1]}",
    "JSON with a number of 1 MB": b'{"items": ' + b"9" * 1_000_000 + b"}",
}


@pytest.mark.parametrize("name", FORMS)
def test_form(arena: Arena, name: str) -> None:
    content_type, body = FORMS[name]
    sent = request("POST", "/sign-in", [("Content-Type", content_type)], body)
    with arena.attack(name) as attack:
        attack.repeat(lambda: status_of(exchange(arena.port, ATTACKER, sent)), threads=2)
    assert 500 not in attack.statuses


@pytest.mark.parametrize("name", JSON_BODIES)
def test_json(arena: Arena, name: str) -> None:
    headers: Headers = [("Authorization", f"Bearer {arena.attacker.test_key}"), ("Content-Type", "application/json")]
    sent = request("POST", "/api/v1/orders", [*headers, ("Idempotency-Key", "nested")], JSON_BODIES[name])
    with arena.attack(name) as attack:
        attack.repeat(lambda: status_of(exchange(arena.port, ATTACKER, sent)), threads=2)
    assert 500 not in attack.statuses
