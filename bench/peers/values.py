"""Values of the Python peers' rows: ids, times, and folded text. Needs no library."""

import hashlib
import secrets
import time
import unicodedata
from datetime import UTC, datetime

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
DAY_MS = 86_400_000


def new_id(prefix: str) -> str:
    """Return a new id: the prefix, `_` and 24 random base62 characters."""
    return f"{prefix}_{''.join(ALPHABET[byte % 62] for byte in secrets.token_bytes(24))}"


def now() -> int:
    """Return the time in ms since 1970."""
    return time.time_ns() // 1_000_000


def sha256(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def format_time(at: int | None) -> str | None:
    """Format a time in ms as RFC 3339 with milliseconds."""
    if at is None:
        return None
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def search_text(*lines: str | None) -> str:
    """Join folded texts, one line each, as the hub's searches expect them."""
    return "".join(["\n", *(f"{fold(line)}\n" for line in lines if line)])


def is_subscribed(patterns: list[str], event_type: str) -> bool:
    return any(
        pattern in ("*", event_type) or (pattern.endswith(".*") and event_type.startswith(pattern[:-1]))
        for pattern in patterns
    )
