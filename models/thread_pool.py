"""Thread pools for blocking work off the event loop, shared between dealers."""

import asyncio
import contextvars
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import config
from models import fair_pool
from models.database import connection
from models.fair_pool import FairPool

T = TypeVar("T")

LOOKUP_THREADS = 2
HEAVY_THREADS = 2  # which is one per dealer
# A handler that cannot get a connection would wait for one without regard to whose turn it is.
SPARE_CONNECTIONS = config.DATABASE_CONNECTIONS - LOOKUP_THREADS - HEAVY_THREADS
HANDLER_THREADS = config.WEB_THREADS if config.is_sqlite() else max(1, min(config.WEB_THREADS, SPARE_CONNECTIONS))

HANDLERS = FairPool(HANDLER_THREADS, "handler")
LOOKUPS = FairPool(LOOKUP_THREADS, "lookup")
HEAVY = FairPool(HEAVY_THREADS, "heavy")


async def run_in_thread(work: Callable[[], T], *, dealer_id: str = "", is_heavy: bool = False) -> T:
    """Run a dealer's work with a database connection.

    It has the caller's context variables. Work without a dealer has one share in common. `is_heavy` is for work that
    may take seconds of CPU time, such as parsing a large file. Raises what `work` raises, and `service_unavailable`
    without a thread or a connection.
    """
    return await _run(HEAVY if is_heavy else HANDLERS, work, dealer_id)


async def run_lookup(work: Callable[[], T]) -> T:
    """Run a short read that finds out whose request it is.

    No dealer's work can occupy its threads. Raises what `work` raises, and `service_unavailable` without a thread or a
    connection.
    """
    return await _run(LOOKUPS, work, "")


async def _run(pool: FairPool, work: Callable[[], T], owner: str) -> T:
    call = pool.submit(partial(contextvars.copy_context().run, _run_with_connection, work), owner)
    timer = asyncio.get_running_loop().call_later(fair_pool.MAX_WAIT_SECONDS, pool.expire, call)
    try:
        result: T = await asyncio.wrap_future(call)
        return result
    finally:
        timer.cancel()


def _run_with_connection(work: Callable[[], T]) -> T:
    with connection():
        return work()
