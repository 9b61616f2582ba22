"""The authenticated caller of an API request, read with one query."""

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
       i.has_request_log, {", ".join(f"d.{name}" for name in DEALER_COLUMNS)}
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
    has_request_log: bool

    @classmethod
    def find(cls, key: str) -> Self:
        """Look up the caller by API key. Raises `invalid_api_key`."""
        row = _find_row(digest(key))
        if row is None:
            raise Refusal("invalid_api_key", "This API key is not valid. Copy the current one from the dashboard.")
        return cls._of_row(row)

    @classmethod
    def find_in_memory(cls, key: str) -> Self | None:
        """Return the caller of a recently used API key, None if it must be looked up."""
        row = _recall_row(digest(key), read_version())
        return None if row is None else cls._of_row(row)

    @classmethod
    def _of_row(cls, row: Sequence[Any]) -> Self:
        key_id, is_test, prefix, last_used_at, is_enabled, is_test_mode, rate_limit, api_version, logs, *dealer = row
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
            has_request_log=bool(logs),
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


_recent: dict[str, tuple[Any, Sequence[Any]]] = {}  # by the hash of the key: the version, and the row


def _find_row(key_hash: str) -> Sequence[Any] | None:
    version = read_version()
    row = _recall_row(key_hash, version)
    if row is None:
        row = db.execute_sql(FIND_BY_HASH, (key_hash,)).fetchone()
        if version is not None and row is not None:
            _remember_row(key_hash, version, row)
    return row


def _recall_row(key_hash: str, version: Any) -> Sequence[Any] | None:
    """Return the row that was read at this version; None without a version."""
    read_at, row = _recent.get(key_hash, (None, None))
    return row if version is not None and read_at == version else None


def _remember_row(key_hash: str, version: Any, row: Sequence[Any]) -> None:
    if len(_recent) >= MAX_RECENT:
        _recent.clear()
    _recent[key_hash] = version, row


def _dealer(columns: Sequence[Any]) -> Dealer:
    return Dealer.of_values(dict(zip(DEALER_COLUMNS, columns, strict=True)))
