"""Webhook requests of the Python peers: signature headers, and the check of addresses. Needs no library."""

import base64
import hashlib
import hmac
import ipaddress
import os
import socket
import time
from urllib.parse import urlsplit

PREVIEW_CHARACTERS = 1000


class BlockedTarget(Exception):  # noqa: N818 - named after the error class `blocked_address`
    """The host has an address that is not public."""


def check_addresses(url: str) -> None:
    """Resolve the host of a URL. Raises BlockedTarget if one of its addresses is not public."""
    parts = urlsplit(url)
    for *_, sockaddr in socket.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM):
        check_address(str(sockaddr[0]))


def check_address(address: str) -> None:
    """Raise BlockedTarget for an address that is not public, unless ALLOW_PRIVATE=1."""
    if os.environ.get("ALLOW_PRIVATE") != "1" and not ipaddress.ip_address(address).is_global:
        raise BlockedTarget(address)


def signed_headers(
    *, delivery_id: str, event_id: str, event_type: str, number: int, secret: str, body: str
) -> dict[str, str]:
    """Build the headers of one attempt, as the hub sends them."""
    timestamp = int(time.time())
    key = base64.b64decode(secret.removeprefix("whsec_"))
    hex_digest = hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256).hexdigest()
    signature = hmac.new(key, f"{event_id}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "WatchTraderHub-Webhooks/1.0 (+http://localhost:8080/docs/webhooks)",
        "WTH-Event-Id": event_id,
        "WTH-Event-Type": event_type,
        "WTH-Delivery-Id": delivery_id,
        "WTH-Delivery-Attempt": str(number),
        "WTH-Signature": f"t={timestamp},v1={hex_digest}",
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
