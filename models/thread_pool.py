"""Thread pools for blocking work off the event loop, shared between dealers."""

import asyncio
import contextvars
import os
import sys
import threading
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from typing import TypeVar

import config
from models import call_queue
from models.database import connection
from models.fair_pool import FairPool
from models.network_address import counted_address
from models.write_turn import owner_of_writes

T = TypeVar("T")

LOOKUP_THREADS = 2
HEAVY_THREADS = 2  # which is one per dealer
PASSWORD_THREADS = 2  # which is one per client; each takes 64 MiB of memory
KNOWN_PASSWORD_THREADS = 1
METRICS_THREADS = 1 if config.has_metrics() else 0
REQUEST_LOG_THREADS = 1 if config.REQUEST_LOG_MIB else 0
MAX_WAITING_PASSWORDS = 10  # per client
NICENESS = 10
# A handler that cannot get a connection would wait for one without regard to whose turn it is.
OTHER_THREADS = (
    LOOKUP_THREADS + HEAVY_THREADS + PASSWORD_THREADS + KNOWN_PASSWORD_THREADS + METRICS_THREADS + REQUEST_LOG_THREADS
)
SPARE_CONNECTIONS = config.DATABASE_CONNECTIONS - OTHER_THREADS
HANDLER_THREADS = config.WEB_THREADS if config.is_sqlite() else max(1, min(config.WEB_THREADS, SPARE_CONNECTIONS))

# Called before a request waits for a thread, for its turn to write or for an event: all may take long.
before_turn: ContextVar[Callable[[], None]] = ContextVar("before_turn", default=lambda: None)


def _yield_to_other_threads() -> None:
    """Lower the priority of this thread and of the threads that Argon2 starts in it.

    Linux has a priority per thread. Elsewhere the number of a thread could name another process.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


HANDLERS = FairPool(HANDLER_THREADS, "handler")
LOOKUPS = FairPool(LOOKUP_THREADS, "lookup", has_shares=False)  # nobody knows yet whose they are
HEAVY = FairPool(HEAVY_THREADS, "heavy")
PASSWORDS, KNOWN_PASSWORDS = (
    FairPool(threads, "password", max_waiting=MAX_WAITING_PASSWORDS, initializer=_yield_to_other_threads)
    for threads in (PASSWORD_THREADS, KNOWN_PASSWORD_THREADS)
)


async def run_in_thread(work: Callable[[], T], *, dealer_id: str = "", is_heavy: bool = False) -> T:
    """Run a dealer's work with a database connection.

    It has the caller's context variables. Work without a dealer has one share in common, and `run_for_visitor` one for
    each address. `is_heavy` is for work that
    may take seconds of CPU time, such as parsing a large file. Raises what `work` raises, and `service_unavailable`
    without a thread or a connection.
    """
    if dealer_id:
        before_turn.get()()
    return await _run(HEAVY if is_heavy else HANDLERS, work, dealer_id)


async def run_for_visitor(work: Callable[[], T], *, address: str) -> T:
    """Run a page for somebody who is not signed in.

    The share is that of the network address. Raises what `work` raises, and `service_unavailable` without a thread or a
    connection.
    """
    return await _run(HANDLERS, work, counted_address(address))


async def run_lookup(work: Callable[[], T]) -> T:
    """Run a short read that finds out whose request it is.

    No dealer's work can occupy its threads. Raises what `work` raises, and `service_unavailable` without a thread or a
    connection.
    """
    return await _run(LOOKUPS, work, "")


async def run_hashing(work: Callable[[], T], *, address: str, is_known: bool) -> T:
    """Run work that hashes a password, on few threads of low priority.

    Each hash takes 64 MiB and a lot of CPU time. Clients take turns, by their network address. Known browsers have a
    thread of their own, because strangers may have many addresses. Raises what `work` raises, and `service_unavailable`
    while ten calls of the client wait, or without a connection.
    """
    before_turn.get()()
    return await _run(KNOWN_PASSWORDS if is_known else PASSWORDS, work, counted_address(address))


async def _run(pool: FairPool, work: Callable[[], T], owner: str) -> T:
    call = pool.submit(partial(contextvars.copy_context().run, _run_for_owner, work, owner), owner)
    timer = asyncio.get_running_loop().call_later(call_queue.MAX_WAIT_SECONDS, pool.expire, call)
    try:
        result: T = await asyncio.wrap_future(call)
        return result
    finally:
        timer.cancel()


def _run_for_owner(work: Callable[[], T], owner: str) -> T:
    owner_of_writes.set(owner)
    with connection():
        return work()
