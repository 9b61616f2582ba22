"""Webhooks: verify the signature of a delivery and parse its event."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from watchtraderhub._base_errors import WatchTraderHubError

if TYPE_CHECKING:
    from watchtraderhub._models import WebhookEvent

SIGNATURE_HEADER = "WTH-Signature"
TOLERANCE_SECONDS = 300

_TIMESTAMP = re.compile(r"[0-9]{1,12}")


class SignatureError(WatchTraderHubError):
    """Base class: the delivery must not be trusted. Respond with 400."""


class MalformedSignatureError(SignatureError):
    """The header is missing, or is not `t=<unix seconds>,v1=<hex>`."""


class SignatureMismatchError(SignatureError):
    """No `v1` matches: the body was changed, or it was signed with another secret."""


class TimestampError(SignatureError):
    """The signature is genuine, but too old or in the future."""


class PayloadError(WatchTraderHubError):
    """The signature is valid, but the body is not an event."""


def construct_event(
    body: bytes,
    headers: Mapping[str, str],
    secret: str | Sequence[str],
    tolerance: float = TOLERANCE_SECONDS,
    *,
    now: float | None = None,
) -> WebhookEvent:
    """Verify a delivery and return its event.

    `body` is the raw request body. `secret` is the whole `whsec_…` string, or several during a rotation. `tolerance`
    and `now` are in seconds. An event of an unknown type is returned as it is: ignore it and respond with 2xx.
    Raises SignatureError and PayloadError, and TypeError or ValueError for invalid arguments.
    """
    header = next((value for name, value in headers.items() if name.lower() == SIGNATURE_HEADER.lower()), None)
    verify_signature(body, header, secret, tolerance, now=now)
    try:
        event = json.loads(body)
    except ValueError:
        event = None
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise PayloadError("The body is not an event of the hub: it must be a JSON object with a field `event`.")
    return cast("WebhookEvent", event)


def verify_signature(
    body: bytes,
    header: str | None,
    secret: str | Sequence[str],
    tolerance: float = TOLERANCE_SECONDS,
    *,
    now: float | None = None,
) -> None:
    """Verify a `WTH-Signature` header. The arguments and exceptions are those of `construct_event`."""
    if not isinstance(body, (bytes, bytearray, memoryview)):
        raise TypeError("Pass the raw bytes of the request body: parsing and serializing it again changes them.")
    timestamp, candidates = _parse(header)
    expected = [_sign(bytes(body), timestamp, each) for each in _secrets(secret)]
    if not _any_equal(expected, candidates):
        raise SignatureMismatchError(
            "No v1 signature matches. Pass the raw body and the secret of the endpoint that received it."
        )
    # checked last, after the signature has proved it genuine
    if abs((time.time() if now is None else now) - int(timestamp)) > tolerance:
        raise TimestampError(f"The timestamp is more than {tolerance:g} s from now. Check this machine's clock.")


def _secrets(secret: str | Sequence[str]) -> list[str]:
    secrets = [secret] if isinstance(secret, str) else list(secret)
    if not secrets or not all(secrets):
        raise ValueError("Pass the secret of the endpoint: the whole string, including whsec_.")
    return secrets


def _parse(header: str | None) -> tuple[str, list[str]]:
    """Parse the timestamp and the v1 signatures; ignore other schemes."""
    pairs = [item.partition("=")[::2] for item in (header or "").split(",")]
    times = [value for name, value in pairs if name == "t"]
    candidates = [value for name, value in pairs if name == "v1"]
    if len(times) != 1 or not candidates or not _TIMESTAMP.fullmatch(times[0]):
        raise MalformedSignatureError(f"{SIGNATURE_HEADER} is missing or malformed. Pass all headers of the request.")
    return times[0], candidates


def _sign(body: bytes, timestamp: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def _any_equal(expected: Sequence[str], candidates: Sequence[str]) -> bool:
    """Compare every pair, so that the duration does not reveal which one matched."""
    is_equal = False
    for signature in expected:
        for candidate in candidates:
            is_equal |= hmac.compare_digest(signature.encode(), candidate.encode(errors="backslashreplace"))
    return is_equal
