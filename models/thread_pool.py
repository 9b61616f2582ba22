"""Thread pool for blocking work off the event loop, with database connections."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import config
from models.database import connection

T = TypeVar("T")

POOL = ThreadPoolExecutor(config.WEB_THREADS, thread_name_prefix="handler")


async def run_in_thread(work: Callable[[], T]) -> T:
    """Run `work` on the pool with the caller's context variables.

    Raises what `work` raises, and `service_unavailable` without a database connection.
    """
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(POOL, context.run, _run_with_connection, work)


def _run_with_connection(work: Callable[[], T]) -> T:
    with connection():
        return work()
