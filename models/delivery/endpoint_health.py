"""When an endpoint that only fails is given up: after five days, with warnings on the way.

Only one that was tried lately is judged: while no worker runs or the integration is off, nothing shows that it fails.
"""

from models.clock import now
from models.database import db
from models.delivery.endpoint import Endpoint
from models.delivery.notice import Notice

DISABLED_AFTER_MS = 5 * 24 * 3600 * 1000
WARNED_AT_PERCENT = (50, 70, 90)
TRIED_LATELY_MS = 27 * 3600 * 1000  # the longest wait for a retry is a day, and a tenth more by chance


def check_failing_endpoints() -> int:
    """Warns about, or disables, every endpoint that has done nothing but fail; the number of notices posted."""
    since = now() - DISABLED_AFTER_MS * WARNED_AT_PERCENT[0] // 100
    tried = Endpoint.last_failure_at >= now() - TRIED_LATELY_MS
    failing = Endpoint.select().where(Endpoint.is_enabled, Endpoint.failing_since <= since, tried)
    return sum(_judge(endpoint.id) for endpoint in list(failing))


def _judge(endpoint_id: str) -> bool:
    with db.atomic():
        endpoint = Endpoint.get_by_id(endpoint_id)
        with endpoint.dealer.locked() as at:
            endpoint = Endpoint.get_by_id(endpoint_id)
            if not endpoint.is_enabled or endpoint.failing_since is None:
                return False
            percent = (at - endpoint.failing_since) * 100 // DISABLED_AFTER_MS
            return _give_up(endpoint) if percent >= 100 else _warn(endpoint, percent)


def _give_up(endpoint: Endpoint) -> bool:
    endpoint.disable("Every delivery failed for five days.")
    message = f"{endpoint.url} failed for five days and was disabled. Its deliveries wait; mend it and enable it."
    Notice.post(endpoint, "endpoint_disabled", message)
    return True


def _warn(endpoint: Endpoint, percent: int) -> bool:
    reached = max((level for level in WARNED_AT_PERCENT if level <= percent), default=0)
    if reached <= endpoint.warned_percent:
        return False
    endpoint.warned_percent = reached
    endpoint.save()
    message = f"{endpoint.url} has done nothing but fail for {reached} % of the five days after which it is disabled."
    Notice.post(endpoint, "endpoint_failing", message)
    return True
