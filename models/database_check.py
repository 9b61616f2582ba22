"""Checks the database for all requests that ask at the same time.

Anybody may ask, without a key or a limit. If each request had a check of its own, a stranger could keep all connections
to the database busy.
"""

import asyncio
from asyncio import AbstractEventLoop, Task
from weakref import WeakKeyDictionary

from models.database import ping_database
from models.thread_pool import run_in_thread

_running: WeakKeyDictionary[AbstractEventLoop, Task[None]] = WeakKeyDictionary()


async def check_database() -> None:
    """Ping the database, or wait for the result of a ping that runs.

    Raises `service_unavailable` if it is unreachable.
    """
    loop = asyncio.get_running_loop()
    check = _running.get(loop)
    if check is None or check.done():
        check = _running[loop] = loop.create_task(run_in_thread(ping_database))
        check.add_done_callback(_retrieve_error)
    await asyncio.wait([check])  # unlike `await check`, it does not cancel the check when this client leaves
    check.result()


def _retrieve_error(check: Task[None]) -> None:
    """Mark an error as seen: asyncio would log it if all clients had left."""
    if not check.cancelled():
        check.exception()
