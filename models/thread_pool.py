"""The way off the event loop: handlers and look-ups run on a pool of threads, each with a database connection."""

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
    """Context variables come along; raises what the work raises, `service_unavailable` without a database."""
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(POOL, context.run, _connected, work)


def _connected(work: Callable[[], T]) -> T:
    with connection():
        return work()
