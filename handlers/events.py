"""Events: the stream that the webhooks carry, to be read in pages or waited for."""

import asyncio
from functools import partial
from typing import Any

from models.cursor import ListPage
from models.dealer import Actor
from models.delivery.event import Event
from models.thread_pool import run_in_thread

LOOKS_EVERY_SECONDS = 0.2


async def list_events(
    actor: Actor, limit: int, after: str | None, wait: int, type: str | None, resource_id: str | None
) -> ListPage:
    """Holds the answer back for up to `wait` seconds; a waiting caller occupies no thread."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait
    look = partial(Event.page, actor, limit=limit, after=after, event_type=type, resource_id=resource_id)
    page = await run_in_thread(look)
    while not page["data"] and loop.time() < deadline:
        await asyncio.sleep(LOOKS_EVERY_SECONDS)
        page = await run_in_thread(look)
    return page


def get_event(actor: Actor, event_id: str) -> dict[str, Any]:
    return Event.find(actor, event_id).to_dict()
