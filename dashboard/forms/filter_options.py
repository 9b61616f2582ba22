"""Options of filters that several tables share.

They are event types, and endpoints by their URL.
"""

from collections.abc import Sequence

from models.delivery.endpoint import Endpoint
from models.delivery.event_types import EVENT_TYPES

MAX_URL_LENGTH = 50
EVENT_CHOICES = tuple(
    (pattern, pattern) for pattern in ("listing.*", "order.*", "customer.*", "integration.*", *EVENT_TYPES)
)


def list_endpoint_choices(endpoints: Sequence[Endpoint]) -> list[tuple[str, str]]:
    return [(endpoint.id, endpoint.url.partition("://")[2][:MAX_URL_LENGTH]) for endpoint in endpoints]
