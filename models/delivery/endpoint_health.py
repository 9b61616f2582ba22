"""Circuit breaker: disables an endpoint after five days without a success.

It posts warnings before that.

Endpoints without a recent attempt are left alone: while no worker runs or the integration is disabled, there is no
evidence that they fail.
"""

from datetime import UTC, datetime

from models.clock import DAY_MS, HOUR_MS, now
from models.database import db
from models.delivery.endpoint import Endpoint
from models.delivery.notice import Notice

DISABLED_AFTER_MS = 5 * DAY_MS
WARNED_AT_PERCENT = (50, 70, 90)
RECENT_ATTEMPT_MS = 27 * HOUR_MS  # the longest wait between two attempts is a day, plus 10 % jitter


def check_failing_endpoints() -> int:
    """Warn about endpoints that keep failing and disable those past the limit.

    Returns the number of notices posted.
    """
    since = now() - DISABLED_AFTER_MS * WARNED_AT_PERCENT[0] // 100
    is_recent = Endpoint.last_failure_at >= now() - RECENT_ATTEMPT_MS
    failing = Endpoint.select().where(Endpoint.is_enabled, Endpoint.failing_since <= since, is_recent)
    return sum(_check(endpoint.id) for endpoint in list(failing))


def _check(endpoint_id: str) -> bool:
    with db.atomic():
        endpoint = Endpoint.get_by_id(endpoint_id)
        with endpoint.dealer.locked():
            endpoint = Endpoint.get_by_id(endpoint_id)
            if not endpoint.is_enabled or endpoint.failing_since is None:
                return False
            percent = (now() - endpoint.failing_since) * 100 // DISABLED_AFTER_MS
            return _disable(endpoint) if percent >= 100 else _warn(endpoint, endpoint.failing_since, percent)


def _disable(endpoint: Endpoint) -> bool:
    endpoint.disable("Every delivery failed for five days.")
    message = (
        f"Every delivery to {endpoint.url} failed for five days, so the endpoint was disabled. "
        "Its deliveries are kept. Fix the endpoint, then enable it."
    )
    Notice.post(endpoint, "endpoint_disabled", message)
    return True


def _warn(endpoint: Endpoint, failing_since: int, percent: int) -> bool:
    level = max((level for level in WARNED_AT_PERCENT if level <= percent), default=0)
    if level <= endpoint.warned_percent:
        return False
    endpoint.warned_percent = level
    endpoint.save()
    message = (
        f"Every delivery to {endpoint.url} has failed since {_format(failing_since)}. "
        f"The endpoint will be disabled on {_format(failing_since + DISABLED_AFTER_MS)} "
        "unless a delivery succeeds."
    )
    Notice.post(endpoint, "endpoint_failing", message)
    return True


def _format(at: int) -> str:
    """Format a time as `8 May 2026, 08:41 UTC`."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%-d %b %Y, %H:%M} UTC"
