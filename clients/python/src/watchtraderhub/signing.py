"""Signs bodies as the hub does, for tests of a receiver and for `wth listen`."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

SECRET_PREFIX = "whsec_"  # noqa: S105 - the public prefix of every secret, not one of them


def create_secret() -> str:
    """Create a secret: 32 random bytes in base64 after the prefix `whsec_`."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(body: bytes, *, event_id: str, timestamp: int, secret: str) -> dict[str, str]:
    """Return the signature headers of one attempt: `WTH-Signature` and those of Standard Webhooks.

    `timestamp` is in Unix seconds. Raises ValueError for a secret that is not `whsec_` and base64.
    """
    standard_key = _decode(secret)
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    standard = hmac.new(standard_key, f"{event_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "WTH-Signature": f"t={timestamp},v1={signed}",
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": "v1," + base64.b64encode(standard).decode(),
    }


def is_secret(secret: str) -> bool:
    """Whether a text is the prefix `whsec_` and base64."""
    try:
        _decode(secret)
    except ValueError:
        return False
    return True


def _decode(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.replace(SECRET_PREFIX, "", 1), validate=True)
    except ValueError:
        key = b""
    if not key or not secret.startswith(SECRET_PREFIX):
        raise ValueError("Invalid secret: pass the whole string, whsec_ and base64.")
    return key
