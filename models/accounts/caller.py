"""The authenticated caller of an API request, read with one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from errors import Refusal
from models.accounts.api_key import ApiKey
from models.database import db
from models.dealer import Dealer
from models.vault import digest

DEALER_COLUMNS = ("id", "name", "country", "tier", "created_at", "written_at", "test_sequence", "live_sequence")
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
    key_prefix: str
    is_enabled: bool
    is_test_mode: bool
    rate_limit: int
    api_version: str

    @classmethod
    def authenticate(cls, key: str) -> Self:
        """Look up the caller by API key. Raises `invalid_api_key`."""
        row = db.execute_sql(FIND_BY_HASH, (digest(key),)).fetchone()
        if row is None:
            raise Refusal("invalid_api_key", "This API key is not valid. Copy the current one from the dashboard.")
        key_id, is_test, prefix, last_used_at, is_enabled, is_test_mode, rate_limit, api_version, *dealer = row
        ApiKey.record_use(key_id, last_used_at)
        return cls(
            dealer=_dealer(dealer),
            is_test=bool(is_test),
            key_prefix=prefix,
            is_enabled=bool(is_enabled),
            is_test_mode=bool(is_test_mode),
            rate_limit=rate_limit,
            api_version=api_version,
        )

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


def _dealer(columns: Sequence[Any]) -> Dealer:
    return Dealer(**dict(zip(DEALER_COLUMNS, columns, strict=True)))
