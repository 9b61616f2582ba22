"""API versions: downgrades responses and announces when a version retires."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

import orjson
from starlette.types import Scope

import config
from contract.response import Header
from spec.version_changes import downgrade


@dataclass(frozen=True)
class Retirement:
    """The dates on which a version becomes deprecated and stops working."""

    deprecated_at: datetime
    sunset_at: datetime


RETIREMENTS: Mapping[str, Retirement] = {}


def pinned_version(scope: Scope) -> str | None:
    """Return the caller's pinned API version; None without a valid key."""
    caller = scope.get("extensions", {}).get("connexion_context", {}).get("user")
    return None if caller is None else str(caller.api_version)


def downgrade_body(body: bytes, version: str) -> bytes:
    """Translate a JSON body of the current version to an older one."""
    return orjson.dumps(downgrade(orjson.loads(body), version))


def version_headers(version: str) -> list[Header]:
    """Return X-API-Version, and the retirement headers of a retired version.

    The latter are Deprecation (RFC 9745), Sunset (RFC 8594) and a Link to the docs.
    """
    current = (b"x-api-version", version.encode())
    retirement = RETIREMENTS.get(version)
    if retirement is None:
        return [current]
    sunset = format_datetime(retirement.sunset_at.astimezone(UTC), usegmt=True)
    page = f"{config.PUBLIC_URL}/docs/versioning"
    return [
        current,
        (b"deprecation", f"@{int(retirement.deprecated_at.timestamp())}".encode()),
        (b"sunset", sunset.encode()),
        (b"link", f'<{page}>; rel="deprecation"; type="text/html"'.encode()),
    ]
