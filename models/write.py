"""Runs the writes of requests, each in a transaction."""

import asyncio
import contextvars
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from models import call_queue
from models.commit_group import CommitGroup, Write
from models.database import db
from models.sqlite import Sqlite
from models.thread_pool import before_turn, run_in_thread

T = TypeVar("T")

GROUP = CommitGroup(db) if isinstance(db, Sqlite) else None


async def run_write(work: Callable[[], tuple[T, bool]], *, dealer_id: str, after_commit: Callable[[], None]) -> T:
    """Run a dealer's write in a transaction, with a database connection.

    `work` returns its result and whether it has changed anything. On SQLite it shares the transaction with others that
    wait, unless the dealer's writes take long. `after_commit` is called on a thread after a change, before this
    returns. Raises what `work` raises, and then nothing has changed, and `service_unavailable` without a thread or a
    connection.
    """
    if GROUP is None or GROUP.sqlite.is_slow_writer(dealer_id):
        return await run_in_thread(partial(_run_alone, work, after_commit), dealer_id=dealer_id)
    before_turn.get()()
    loop = asyncio.get_running_loop()
    in_context = partial(contextvars.copy_context().run, work)
    write = Write(dealer_id, in_context, after_commit, loop.create_future())
    GROUP.submit(write)
    timer = loop.call_later(call_queue.MAX_WAIT_SECONDS, GROUP.expire, write)
    try:
        await write.done
    finally:
        timer.cancel()
    result: T = write.result()
    return result


def _run_alone(work: Callable[[], tuple[T, bool]], after_commit: Callable[[], None]) -> T:
    with db.atomic():
        result, has_changed = work()
    if has_changed:
        after_commit()
    return result
