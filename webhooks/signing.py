"""Webhook signatures: secrets, the headers that sign a delivery, and their verification."""

import base64
import hmac
import re
import secrets as csprng
from collections.abc import Iterable, Sequence
from enum import Enum

SECRET_PREFIX = "whsec_"  # noqa: S105 - the public prefix of every secret, not one of them
TOLERANCE_SECONDS = 300

_TIMESTAMP = re.compile(r"[0-9]{1,12}")


class Verification(Enum):
    """What `verify` found; the value is a sentence for people."""

    VALID = "The signature is valid."
    MALFORMED = "The WTH-Signature header is not of the form t=<unix seconds>,v1=<hex>."
    NO_MATCH = "No v1 signature matches: the body was changed, or it was signed with another secret."
    TOO_OLD = "The signature is genuine but too old: deliver again, or check this machine's clock."
    TOO_NEW = "The signature is genuine but its time lies in the future: check this machine's clock."

    @property
    def is_valid(self) -> bool:
        return self is Verification.VALID


def new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(csprng.token_bytes(32)).decode()


def headers(*, event_id: str, body: bytes, timestamp: int, secrets: Sequence[str]) -> dict[str, str]:
    """The signature headers of one attempt, newest secret first: `WTH-Signature` and the trio of
    the Standard Webhooks specification.
    """
    if not secrets:
        raise ValueError("A delivery needs at least one secret to be signed with.")
    return {
        "WTH-Signature": ",".join([f"t={timestamp}", *(f"v1={v1}" for v1 in _signed(body, timestamp, secrets))]),
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_standard_v1(event_id, body, timestamp, secret) for secret in secrets),
    }


def verify(
    *, header: str, body: bytes, secrets: Sequence[str], now: int, tolerance: int = TOLERANCE_SECONDS
) -> Verification:
    """Judge a `WTH-Signature` header. Its time is judged last, when it is known to be genuine."""
    parsed = _parse(header)
    if parsed is None:
        return Verification.MALFORMED
    timestamp, candidates = parsed
    if not _any_equal(_signed(body, timestamp, secrets), candidates):
        return Verification.NO_MATCH
    if now - timestamp > tolerance:
        return Verification.TOO_OLD
    return Verification.TOO_NEW if timestamp - now > tolerance else Verification.VALID


def _signed(body: bytes, timestamp: int, secrets: Iterable[str]) -> list[str]:
    message = f"{timestamp}.".encode() + body
    return [hmac.digest(secret.encode(), message, "sha256").hex() for secret in secrets]


def _standard_v1(event_id: str, body: bytes, timestamp: int, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.digest(key, f"{event_id}.{timestamp}.".encode() + body, "sha256")
    return "v1," + base64.b64encode(digest).decode()


def _parse(header: str) -> tuple[int, list[str]] | None:
    """The time and the v1 signatures of a header; other schemes are left for the future."""
    pairs = [item.partition("=")[::2] for item in header.split(",")]
    times = [value for name, value in pairs if name == "t"]
    candidates = [value for name, value in pairs if name == "v1"]
    if len(times) != 1 or not candidates or not _TIMESTAMP.fullmatch(times[0]):
        return None
    return int(times[0]), candidates


def _any_equal(expected: Iterable[str], candidates: Sequence[str]) -> bool:
    """Compares every pair, so that the time taken does not tell which one matched."""
    equal = False
    for own in expected:
        for candidate in candidates:
            equal |= hmac.compare_digest(own.encode(), candidate.encode(errors="backslashreplace"))
    return equal
