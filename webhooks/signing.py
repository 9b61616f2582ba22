"""Webhook signatures: secrets, signature headers and their verification."""

import base64
import hmac
import re
import secrets as csprng
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import lru_cache

SECRET_PREFIX = "whsec_"  # noqa: S105 - the public prefix of every secret, not one of them
TOLERANCE_SECONDS = 300

_TIMESTAMP = re.compile(r"[0-9]{1,12}")


class Verification(Enum):
    """Result of `verify`; the value is a sentence for people."""

    VALID = "The signature is valid."
    MALFORMED = "The WTH-Signature header does not have the format t=<unix seconds>,v1=<hex>."
    NO_MATCH = "No v1 signature matches: the body was changed, or it was signed with another secret."
    TOO_OLD = "The signature is genuine but too old. Send the delivery again, or check this machine's clock."
    TOO_NEW = "The signature is genuine but its timestamp is in the future. Check this machine's clock."

    @property
    def is_valid(self) -> bool:
        return self is Verification.VALID


def new_secret() -> str:
    """Generate a secret: 32 random bytes in base64 after the prefix `whsec_`."""
    return SECRET_PREFIX + base64.b64encode(csprng.token_bytes(32)).decode()


def headers(*, event_id: str, body: bytes, timestamp: int, secrets: Sequence[str]) -> dict[str, str]:
    """Build the signature headers of one attempt.

    These are `WTH-Signature` and the three headers of Standard Webhooks. `timestamp` is in Unix
    seconds; `secrets` are newest first and each signs. Raises ValueError without a secret.
    """
    if not secrets:
        raise ValueError("Signing needs at least one secret.")
    signatures = [f"v1={signature}" for signature in _hex_signatures(body, timestamp, secrets)]
    return {
        "WTH-Signature": ",".join([f"t={timestamp}", *signatures]),
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_standard_webhooks_v1(event_id, body, timestamp, secret) for secret in secrets),
    }


def verify(
    *, header: str, body: bytes, secrets: Sequence[str], now: int, tolerance: int = TOLERANCE_SECONDS
) -> Verification:
    """Verify a `WTH-Signature` header. `now` and `tolerance` are in seconds.

    The timestamp is checked last, after the signature has proved it genuine.
    """
    parsed = _parse(header)
    if parsed is None:
        return Verification.MALFORMED
    timestamp, candidates = parsed
    if not _any_equal(_hex_signatures(body, timestamp, secrets), candidates):
        return Verification.NO_MATCH
    if now - timestamp > tolerance:
        return Verification.TOO_OLD
    return Verification.TOO_NEW if timestamp - now > tolerance else Verification.VALID


def _hex_signatures(body: bytes, timestamp: int, secrets: Iterable[str]) -> list[str]:
    message = f"{timestamp}.".encode() + body
    return [hmac.digest(secret.encode(), message, "sha256").hex() for secret in secrets]


def _standard_webhooks_v1(event_id: str, body: bytes, timestamp: int, secret: str) -> str:
    digest = hmac.digest(_standard_webhooks_key(secret), f"{event_id}.{timestamp}.".encode() + body, "sha256")
    return "v1," + base64.b64encode(digest).decode()


@lru_cache(1024)
def _standard_webhooks_key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(SECRET_PREFIX))


def _parse(header: str) -> tuple[int, list[str]] | None:
    """Parse the timestamp and the v1 signatures; ignore other schemes."""
    pairs = [item.partition("=")[::2] for item in header.split(",")]
    times = [value for name, value in pairs if name == "t"]
    candidates = [value for name, value in pairs if name == "v1"]
    if len(times) != 1 or not candidates or not _TIMESTAMP.fullmatch(times[0]):
        return None
    return int(times[0]), candidates


def _any_equal(expected: Iterable[str], candidates: Sequence[str]) -> bool:
    """Compare every pair, so that the duration does not reveal which one matched."""
    is_equal = False
    for signature in expected:
        for candidate in candidates:
            is_equal |= hmac.compare_digest(signature.encode(), candidate.encode(errors="backslashreplace"))
    return is_equal
