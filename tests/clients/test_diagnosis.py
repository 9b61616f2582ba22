"""Causes of a signature that does not verify."""

import base64
import gzip
import hashlib
import hmac
import json

import pytest
from watchtraderhub.diagnosis import diagnose

from webhooks.signing import headers

NOW = 1_778_229_693
SECRET, OTHER, UNKNOWN = ("whsec_" + base64.b64encode(bytes([number]) * 32).decode() for number in range(3))
SENT = '{"id":"evt_1","data":{"name":"Lange & Söhne","price":1.0}}'.encode()
MULTILINE = b'{"id":\n"evt_1"}'


def sign(secret: str = SECRET, body: bytes = SENT, at: int = NOW) -> str:
    return headers(event_id="evt_1", body=body, timestamp=at, secrets=[secret])["WTH-Signature"]


def in_base64() -> str:
    digest = hmac.new(SECRET.encode(), f"{NOW}.".encode() + SENT, hashlib.sha256).digest()
    return f"t={NOW},v1={base64.b64encode(digest).decode()}"


def without_prefix() -> str:
    digest = hmac.new(SECRET.removeprefix("whsec_").encode(), f"{NOW}.".encode() + SENT, hashlib.sha256)
    return f"t={NOW},v1={digest.hexdigest()}"


@pytest.mark.parametrize(
    ("header", "body", "secret", "cause", "word"),
    [
        (sign(), SENT, SECRET, "valid", "valid"),
        ("sha256=00", SENT, SECRET, "malformed_header", "format"),
        (sign(at=NOW - 301), SENT, SECRET, "old_timestamp", "old"),
        (sign(at=NOW + 301), SENT, SECRET, "future_timestamp", "future"),
        (in_base64(), SENT, SECRET, "wrong_encoding", "hex"),
        (sign(), SENT, SECRET.removeprefix("whsec_"), "missing_prefix", "whsec_"),
        (without_prefix(), SENT, SECRET, "missing_prefix", "whsec_"),
        (sign(), b"\xef\xbb\xbf" + SENT, SECRET, "wrong_encoding", "byte order mark"),
        (sign(), SENT + b"\n", SECRET, "wrong_encoding", "white space"),
        (sign(body=MULTILINE), MULTILINE.replace(b"\n", b"\r\n"), SECRET, "wrong_encoding", "CRLF"),
        (sign(), SENT.decode().encode("utf-16"), SECRET, "wrong_encoding", "UTF-16"),
        (sign(), SENT.decode("latin-1").encode(), SECRET, "wrong_encoding", "Latin-1"),
        (sign(), gzip.compress(SENT, mtime=0), SECRET, "wrong_encoding", "gzip"),
        (sign(), base64.b64encode(SENT), SECRET, "wrong_encoding", "base64"),
        (sign(), json.dumps(json.loads(SENT)).encode(), SECRET, "reserialized_body", "ASCII"),
        (
            sign(),
            json.dumps(json.loads(SENT), sort_keys=True, ensure_ascii=False).encode(),
            SECRET,
            "reserialized_body",
            "order of its keys",
        ),
        (sign(), json.dumps(json.loads(SENT), ensure_ascii=False).encode(), SECRET, "reserialized_body", "white space"),
        (sign(), SENT.replace(b"1.0", b"2.0"), SECRET, "changed_body", "other values"),
        (sign(UNKNOWN), SENT, SECRET, "no_match", "another secret"),
    ],
)
def test_cause_is_named(header: str, body: bytes, secret: str, cause: str, word: str) -> None:
    found = diagnose(header=header, body=body, secrets=[secret], now=NOW, sent_body=SENT)
    assert (found.cause, found.is_valid) == (cause, cause == "valid")
    assert word in found.explanation
    assert SECRET.removeprefix("whsec_") not in found.explanation


@pytest.mark.parametrize(
    ("kind", "cause", "word"),
    [
        ("previous", "previous_secret", "rotated"),
        ("endpoint", "wrong_secret", "another endpoint"),
        ("mode", "wrong_secret", "other mode"),
    ],
)
def test_owner_of_the_right_secret_is_named(kind: str, cause: str, word: str) -> None:
    found = diagnose(header=sign(OTHER), body=SENT, secrets=[SECRET], now=NOW, others=[(kind, OTHER)])
    assert (found.cause, word in found.explanation) == (cause, True)


def test_bomb_is_inflated_up_to_a_limit() -> None:
    bomb = gzip.compress(bytes(100_000_000))
    assert diagnose(header=sign(), body=bomb, secrets=[SECRET], now=NOW).cause == "no_match"
