"""The authenticated caller of an API request, read with one query."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from errors import Refusal
from models.accounts.api_key import ApiKey
from models.database import db
from models.dealer import Dealer
from models.quick_read import read_version
from models.vault import digest

DEALER_COLUMNS = ("id", "name", "country", "tier", "created_at", "written_at", "test_sequence", "live_sequence")
MAX_RECENT = 1000
FIND_BY_HASH = f"""
SELECT k.id, k.is_test, k.prefix, k.last_used_at, i.is_enabled, i.is_test_mode, i.rate_limit, i.api_version,
       {", ".join(f"d.{name}" for name in DEALER_COLUMNS)}
FROM api_key k JOIN integration i ON i.dealer_id = k.dealer_id JOIN dealer d ON d.id = k.dealer_id
WHERE k.hash = {db.param}
"""


@dataclass(frozen=True)
class Caller:
    """The dealer and mode of an API key. `rate_limit` is in tokens per minute."""

    dealer: Dealer
    is_test: bool
    key_id: str
    key_prefix: str
    key_last_used_at: int | None
    is_enabled: bool
    is_test_mode: bool
    rate_limit: int
    api_version: str

    @classmethod
    def find(cls, key: str) -> Self:
        """Look up the caller by API key. Raises `invalid_api_key`."""
        row = _find_row(digest(key))
        if row is None:
            raise Refusal("invalid_api_key", "This API key is not valid. Copy the current one from the dashboard.")
        key_id, is_test, prefix, last_used_at, is_enabled, is_test_mode, rate_limit, api_version, *dealer = row
        return cls(
            dealer=_dealer(dealer),
            is_test=bool(is_test),
            key_id=key_id,
            key_prefix=prefix,
            key_last_used_at=last_used_at,
            is_enabled=bool(is_enabled),
            is_test_mode=bool(is_test_mode),
            rate_limit=rate_limit,
            api_version=api_version,
        )

    @property
    def is_use_due(self) -> bool:
        """Return True if the time of the key's last use is too old."""
        return ApiKey.is_use_due(self.key_last_used_at)

    def record_use(self) -> None:
        """Store that the key was used now."""
        ApiKey.record_use(self.key_id, self.key_last_used_at)

    def require_access(self) -> None:
        """Raise `plan_required` or `integration_disabled` unless the API may be used."""
        if not self.dealer.plan.has_custom_integration:
            raise Refusal(
                "plan_required",
                "The Custom Integration is part of the Business plan. Upgrade in the dashboard.",
            )
        if not self.is_enabled:
            raise Refusal(
                "integration_disabled",
                "The Custom Integration is disabled. Enable it in the dashboard.",
            )

    def reject_live_writes_in_test_mode(self) -> None:
        """Raise `test_mode_active` for a live key while test mode is on."""
        if self.is_test_mode and not self.is_test:
            raise Refusal(
                "test_mode_active",
                "Live keys cannot write while test mode is on. Use the test key, or turn test mode off.",
            )


class RecentRows(threading.local):
    """The rows of recent callers, as long as nothing in the database has changed.

    Each event loop has its own, because each has its own connection.
    """

    version: tuple[Any, ...] | None = None

    def __init__(self) -> None:
        self.by_hash: dict[str, Any] = {}


_recent = RecentRows()


def _find_row(key_hash: str) -> Any:
    version = read_version()
    if version is None:
        return db.execute_sql(FIND_BY_HASH, (key_hash,)).fetchone()
    if version != _recent.version or len(_recent.by_hash) >= MAX_RECENT:
        _recent.version, _recent.by_hash = version, {}
    row = _recent.by_hash.get(key_hash)
    if row is None:
        row = db.execute_sql(FIND_BY_HASH, (key_hash,)).fetchone()
    if row is not None:
        _recent.by_hash[key_hash] = row
    return row


def _dealer(columns: Sequence[Any]) -> Dealer:
    return Dealer.of_values(dict(zip(DEALER_COLUMNS, columns, strict=True)))
