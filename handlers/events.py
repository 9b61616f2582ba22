"""Events: the stream behind the webhooks, with pagination and long polling."""

import asyncio
from functools import partial
from typing import Any

from models.cursor import ListPage
from models.dealer import Actor
from models.delivery.event import Event
from models.thread_pool import run_in_thread

POLL_INTERVAL_SECONDS = 0.2


async def list_events(
    actor: Actor, limit: int, after: str | None, wait: int, type: str | None, resource_id: str | None
) -> ListPage:
    """List events; if there are none, wait up to `wait` seconds for the first.

    A request that waits (long polling) occupies no thread.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait
    read_page = partial(Event.page, actor, limit=limit, after=after, event_type=type, resource_id=resource_id)
    page = await run_in_thread(read_page, dealer_id=actor.dealer.id)
    while not page["data"] and loop.time() < deadline:
        await asyncio.sleep(POLL_INTERVAL_SECONDS)
        page = await run_in_thread(read_page, dealer_id=actor.dealer.id)
    return page


def get_event(actor: Actor, event_id: str) -> dict[str, Any]:
    return Event.find(actor, event_id).to_dict()
