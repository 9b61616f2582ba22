"""What the filters of several tables offer: kinds of events, and endpoints by their address."""

from collections.abc import Sequence

from models.delivery.endpoint import Endpoint
from models.delivery.event_types import EVENT_TYPES

EVENT_CHOICES = tuple(
    (pattern, pattern) for pattern in ("listing.*", "order.*", "customer.*", "integration.*", *EVENT_TYPES)
)


def endpoint_choices(endpoints: Sequence[Endpoint]) -> list[tuple[str, str]]:
    return [(endpoint.id, endpoint.url.partition("://")[2][:50]) for endpoint in endpoints]
