"""An integration's pinned version at the API's door: the shapes that it promised, its header, word of its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

import orjson
from starlette.types import Scope

import config
from contract.response import Header
from spec.version_changes import as_of


@dataclass(frozen=True)
class Retirement:
    """From when a version is deprecated, and when it stops to answer."""

    deprecated_at: datetime
    sunset_at: datetime


RETIREMENTS: Mapping[str, Retirement] = {}


def pinned(scope: Scope) -> str | None:
    """The version of the integration whose key was sent; None without a valid key."""
    caller = scope.get("extensions", {}).get("connexion_context", {}).get("user")
    return None if caller is None else str(caller.api_version)


def rendered(body: bytes, version: str) -> bytes:
    """JSON in the newest shapes as that older version promised it."""
    return orjson.dumps(as_of(orjson.loads(body), version))


def version_headers(version: str) -> list[Header]:
    """X-API-Version; for a retired version also Deprecation (RFC 9745), Sunset (RFC 8594) and where to read on."""
    stamp = (b"x-api-version", version.encode())
    retirement = RETIREMENTS.get(version)
    if retirement is None:
        return [stamp]
    sunset = format_datetime(retirement.sunset_at.astimezone(UTC), usegmt=True)
    page = f"{config.PUBLIC_URL}/docs/versioning"
    return [
        stamp,
        (b"deprecation", f"@{int(retirement.deprecated_at.timestamp())}".encode()),
        (b"sunset", sunset.encode()),
        (b"link", f'<{page}>; rel="deprecation"; type="text/html"'.encode()),
    ]
