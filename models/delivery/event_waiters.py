"""Long polling: requests that wait for events, woken by notification.

One query per interval serves all waiting requests of a process: it finds the events that other processes record.
After a change in this process, `notify` runs it at once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from errors import Refusal
from models.cursor import ListPage
from models.dealer import Actor, Dealer
from models.quick_read import run_read
from models.thread_pool import before_turn, run_lookup

log = logging.getLogger("wth.events")

INTERVAL_SECONDS = 0.25
MAX_WAITING = 20  # per dealer and web process

Loop = asyncio.AbstractEventLoop


async def read_or_wait(
    actor: Actor, read_page: Callable[[int], ListPage], *, seconds: float, interruption: Callable[[], Awaitable[None]]
) -> ListPage:
    """Read a page; if it is empty, wait up to `seconds` for its first event.

    `read_page(sequence)` reads the events after a sequence number that are on the page. The wait ends early when
    `interruption()` returns. A waiting request occupies no thread. Raises `too_many_requests`.
    """
    page = await run_read(partial(read_page, 0), dealer_id=actor.dealer.id)
    if page["data"] or not seconds:
        return page
    before_turn.get()()  # what waits needs no slot of the event loop
    with _waiters_of_loop().register(actor) as waiter, _running(interruption) as interrupted:
        ends_at = waiter.news.get_loop().time() + seconds
        searched = waiter.sequence
        while not page["data"] and await waiter.wait(ends_at, interrupted):
            newest = waiter.sequence  # before the page is read
            page = await run_read(partial(read_page, searched), dealer_id=actor.dealer.id)
            searched = newest
    return page


def notify(dealer_id: str) -> None:
    """Wake the requests that wait for events of a dealer.

    Call it after a commit, from any thread.
    """
    for waiters in list(by_loop.values()):
        if dealer_id in waiters.of_dealer:
            with suppress(RuntimeError):  # the loop has just closed
                waiters.loop.call_soon_threadsafe(waiters.is_due.set)


@dataclass(eq=False)
class Waiter:
    """One waiting request. `sequence` is the dealer's newest one when it last read."""

    key: tuple[str, bool]
    sequence: int
    news: "asyncio.Future[None]"

    async def wait(self, ends_at: float, interrupted: "asyncio.Future[None]") -> bool:
        """Wait for an event; return False when interrupted.

        Also returns False at `ends_at`, in the event loop's time.
        """
        loop = self.news.get_loop()
        await asyncio.wait({self.news, interrupted}, timeout=ends_at - loop.time(), return_when=asyncio.FIRST_COMPLETED)
        is_news = self.news.done() and not interrupted.done()
        self.news = loop.create_future()
        return is_news


class EventWaiters:
    """The waiting requests of one event loop, and the task that wakes them."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.of_dealer: dict[str, set[Waiter]] = {}
        self.is_due = asyncio.Event()
        self.poll: asyncio.Task[None] | None = None

    @contextmanager
    def register(self, actor: Actor) -> Iterator[Waiter]:
        """Register a request while it waits. Raises `too_many_requests`."""
        dealer = actor.dealer
        waiters = self.of_dealer.setdefault(dealer.id, set())
        if len(waiters) >= MAX_WAITING:
            raise _too_many()
        sequence = dealer.test_sequence if actor.is_test else dealer.live_sequence
        waiter = Waiter((dealer.id, actor.is_test), sequence, self.loop.create_future())
        waiters.add(waiter)
        if self.poll is None or self.poll.done():
            self.poll = self.loop.create_task(self._poll())
        try:
            yield waiter
        finally:
            waiters.discard(waiter)
            if not waiters:
                del self.of_dealer[dealer.id]
                self.is_due.set()  # ends the task if nobody waits any more

    async def _poll(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.is_due.wait(), INTERVAL_SECONDS)
            self.is_due.clear()
            if not self.of_dealer:
                return
            sequences = await self._read_sequences()
            for waiter in [waiter for waiters in self.of_dealer.values() for waiter in waiters]:
                self._wake(waiter, sequences.get(waiter.key))

    async def _read_sequences(self) -> dict[tuple[str, bool], int]:
        try:
            return await run_lookup(partial(Dealer.sequences, list(self.of_dealer)))
        except Refusal:  # the database is unavailable: the requests get the same error when they read
            return {}
        except Exception:  # one that left the task would let all waiting requests sleep until their timeout
            log.exception("Newest events could not be read; the query runs again in %s seconds.", INTERVAL_SECONDS)
            return {}

    def _wake(self, waiter: Waiter, sequence: int | None) -> None:
        if sequence == waiter.sequence:
            return
        waiter.sequence = sequence or waiter.sequence
        if not waiter.news.done():
            waiter.news.set_result(None)


by_loop: dict[Loop, EventWaiters] = {}


def _waiters_of_loop() -> EventWaiters:
    loop = asyncio.get_running_loop()
    if loop not in by_loop:
        for closed in [other for other in by_loop if other.is_closed()]:
            del by_loop[closed]
        by_loop[loop] = EventWaiters(loop)
    return by_loop[loop]


@contextmanager
def _running(interruption: Callable[[], Awaitable[None]]) -> Iterator["asyncio.Future[None]"]:
    task = asyncio.ensure_future(interruption())
    try:
        yield task
    finally:
        task.cancel()


def _too_many() -> Refusal:
    return Refusal(
        "too_many_requests",
        f"{MAX_WAITING} requests of this integration wait for events already. Use one of them, or send `wait=0`.",
        headers={"Retry-After": "5"},
    )
