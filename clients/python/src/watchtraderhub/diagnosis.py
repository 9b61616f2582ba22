"""Names the cause why a signature does not verify, or why a receiver rejects it."""

from __future__ import annotations

import base64
import binascii
import codecs
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Callable

from watchtraderhub._models import SignatureCause
from watchtraderhub.signing import SECRET_PREFIX
from watchtraderhub.webhooks import MalformedSignatureError, SignatureMismatchError, TimestampError, verify_signature

MAX_INFLATED_BYTES = 1024 * 1024
BASE64_DIGEST = re.compile(r"v1=[A-Za-z0-9+/]{43}=")
TIMESTAMP = re.compile(r"(?:^|,)t=([0-9]{1,12})(?:,|$)")
VALID: tuple[SignatureCause, str] = ("valid", "The signature is valid.")
TOO_OLD: tuple[SignatureCause, str] = (
    "old_timestamp",
    "The signature is genuine, but its timestamp is more than five minutes old. Send the delivery again, or check "
    "your clock.",
)
TOO_NEW: tuple[SignatureCause, str] = (
    "future_timestamp",
    "The signature is genuine, but its timestamp is in the future. Check your clock.",
)
OTHER_SECRETS: dict[str, tuple[SignatureCause, str]] = {
    "previous": ("previous_secret", "The previous secret of the endpoint signed it, which has been rotated."),
    "endpoint": ("wrong_secret", "The secret of another endpoint of this mode signed it. Use that endpoint's secret."),
    "mode": ("wrong_secret", "The secret of an endpoint of the other mode signed it. Use the secret of this mode."),
}


@dataclass(frozen=True)
class Diagnosis:
    """Cause in the spec's SignatureCause, and sentences for people."""

    cause: SignatureCause
    explanation: str

    @property
    def is_valid(self) -> bool:
        return self.cause == "valid"

    @property
    def is_genuine(self) -> bool:
        """True if the secret signed the body, whatever the timestamp is."""
        return self.cause in ("valid", "old_timestamp", "future_timestamp")


def diagnose(
    *,
    header: str,
    body: bytes,
    secrets: Sequence[str],
    now: int,
    others: Sequence[tuple[str, str]] = (),
    sent_body: bytes | None = None,
) -> Diagnosis:
    """Name the cause why a `WTH-Signature` header does not verify with `secrets`.

    `others` are secrets that may have signed it instead, each after its kind in OTHER_SECRETS. `sent_body` is what the
    hub sent, if it is known. `now` is in seconds. The explanation contains no secret and no part of a body.
    """

    def is_signed(candidate: bytes, keys: Sequence[str]) -> bool:
        return _is_signed(candidate, header, keys, now)

    try:
        if is_signed(body, secrets):
            return Diagnosis(*_describe_time(body, header, secrets, now))
    except MalformedSignatureError:
        return Diagnosis("malformed_header", "The header does not have the format t=<unix seconds>,v1=<hex>.")
    if not body:
        return Diagnosis("empty_body", "The body is empty. Read its bytes before anything else parses the request.")
    if BASE64_DIGEST.search(header):
        return Diagnosis("wrong_encoding", "The signature is in base64. The header WTH-Signature has it in hex digits.")
    if is_signed(body, [_other_prefix(secret) for secret in secrets]):
        return Diagnosis("missing_prefix", "The key is the whole secret as a string, with the prefix whsec_.")
    for kind, secret in others:
        if is_signed(body, [secret]):
            return Diagnosis(*OTHER_SECRETS[kind])
    keys = [*secrets, *(secret for _, secret in others)]
    for convert, explanation in CONVERSIONS:
        if (converted := _convert(convert, body)) is not None and is_signed(converted, keys):
            return Diagnosis("wrong_encoding", explanation)
    if sent_body is not None and is_signed(sent_body, keys):
        return _compare(body, sent_body)
    return Diagnosis(
        "no_match",
        "The body was changed, or another secret signed it. Verify the raw bytes with the endpoint's secret.",
    )


def _is_signed(body: bytes, header: str, keys: Sequence[str], now: int) -> bool:
    """Whether a key signed the body, at any time. Raises MalformedSignatureError."""
    try:
        # without keys, one that nobody has: the header is parsed nevertheless
        verify_signature(body, header, list(keys) or [SECRET_PREFIX], now=now)
    except SignatureMismatchError:
        return False
    except TimestampError:
        pass
    return True


def _describe_time(body: bytes, header: str, keys: Sequence[str], now: int) -> tuple[SignatureCause, str]:
    try:
        verify_signature(body, header, keys, now=now)
    except TimestampError:
        found = TIMESTAMP.search(header)
        return TOO_OLD if found and int(found[1]) < now else TOO_NEW
    return VALID


def _other_prefix(secret: str) -> str:
    return secret[len(SECRET_PREFIX) :] if secret.startswith(SECRET_PREFIX) else SECRET_PREFIX + secret


def _inflate(body: bytes) -> bytes:
    return zlib.decompressobj(wbits=31).decompress(body, MAX_INFLATED_BYTES)


CONVERSIONS: tuple[tuple[Callable[[bytes], bytes], str], ...] = (
    (
        lambda body: body[3:] if body.startswith(codecs.BOM_UTF8) else body,
        "The body begins with a byte order mark, which was not sent.",
    ),
    (lambda body: body.strip(), "The body has white space around it, such as a line end, which was not sent."),
    (lambda body: body.replace(b"\r\n", b"\n"), "The line ends of the body were changed to CRLF."),
    (lambda body: body.replace(b"\r\n", b"\n").strip(), "The line ends of the body were changed to CRLF."),
    (
        lambda body: body.decode("utf-16").encode(),
        "The body is in UTF-16. Verify the bytes in UTF-8, as they were sent.",
    ),
    (lambda body: body.decode().encode("latin-1"), "The body was decoded as Latin-1. Verify the bytes, not a string."),
    (_inflate, "The body is compressed with gzip. Verify the bytes before compression."),
    (lambda body: base64.b64decode(body, validate=True), "The body is in base64. Decode it before you verify it."),
)


def _convert(convert: Callable[[bytes], bytes], body: bytes) -> bytes | None:
    try:
        return convert(body)
    except (UnicodeError, binascii.Error, zlib.error, OSError):
        return None


def _compare(body: bytes, sent_body: bytes) -> Diagnosis:
    received, sent = _parse(body), _parse(sent_body)
    if received is None or received != sent:
        return Diagnosis("changed_body", "The body has other values than the hub sent.")
    if list(received) != list(sent):
        difference = "the order of its keys"
    elif body.isascii() != sent_body.isascii():
        difference = "how characters outside ASCII are written"
    elif len(body) != len(sent_body):
        difference = "its white space, or how numbers and characters are written"
    else:
        difference = "how its values are written"
    return Diagnosis(
        "reserialized_body",
        f"The body is the same JSON in other bytes; the difference is {difference}. Verify the bytes before parsing.",
    )


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
