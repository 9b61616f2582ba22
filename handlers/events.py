"""Events: the stream behind the webhooks, with pagination and long polling."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from models.cursor import ListPage
from models.dealer import Actor
from models.delivery.event import Event
from models.delivery.event_start import find_sequence_before
from models.delivery.event_waiters import read_or_wait
from models.quick_read import run_read


async def list_events(
    actor: Actor,
    limit: int,
    after: str | None,
    wait: int,
    type: str | None,
    resource_id: str | None,
    since: str | None,
    interruption: Callable[[], Awaitable[None]],
) -> ListPage:
    """List events; if there are none, wait up to `wait` seconds for the first."""
    start = 0
    if since is not None and after is None:
        # found once: `latest` must not move while the request waits
        start = await run_read(partial(find_sequence_before, actor, since), dealer_id=actor.dealer.id)
    read_page = partial(
        Event.page, actor, limit=limit, after=after, event_type=type, resource_id=resource_id, start=start
    )
    return await read_or_wait(actor, read_page, seconds=wait, interruption=interruption)


def get_event(actor: Actor, event_id: str) -> dict[str, Any]:
    return Event.find(actor, event_id).to_dict()
