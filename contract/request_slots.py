"""Request slots: how many requests of one client the event loop works on.

All requests share one event loop. A client with 200 connections that repeats cheap requests, such as rejected ones,
would have 200 of them in front of everybody else's next request. Beyond its slots, its requests wait for each other.
A dealer's request needs its slot until its work waits for a thread: the thread pool has a share for each dealer. A
request that waits for its client needs none either. So nothing that is blocked or slow delays others who share its
address.
"""

from collections import Counter
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.thread_pool import before_turn


class Slot:
    """The turn of one request, which waits for it, has it or is done with it."""

    def __init__(self, slots: "RequestSlots", client: str) -> None:
        self.slots = slots
        self.client = client
        self.is_held = False

    def hold_during(self, app: ASGIApp, waits_for_client: Callable[[], bool]) -> ASGIApp:
        """Wrap an application so that it holds the slot until it ends, or waits.

        It waits when its dealer's work begins, and when it receives or sends while `waits_for_client` returns True.
        """

        async def run(scope: Scope, receive: Receive, send: Send) -> None:
            async def receive_without_slot() -> Message:
                self._release_if(waits_for_client())
                return await receive()

            async def send_without_slot(message: Message) -> None:
                self._release_if(waits_for_client())
                await send(message)

            before_turn.set(self.release)
            try:
                await app(scope, receive_without_slot, send_without_slot)
            finally:
                self.release()

        return run

    def _release_if(self, is_waiting: bool) -> None:
        if is_waiting:
            self.release()

    def release(self) -> None:
        """Let the client's next request run.

        A slot that is not held has no effect.
        """
        if self.is_held:
            self.is_held = False
            self.slots.end(self.client)


class RequestSlots:
    """The slots of one event loop; `limit` is the number of slots of a client."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.running: Counter[str] = Counter()
        self.waiting: dict[str, dict[Slot, Callable[[], None]]] = {}  # by client, in the order of their arrival

    def enter(self, slot: Slot, start: Callable[[], None]) -> None:
        """Call `start` as soon as the client has a free slot, which may be at once."""
        self.waiting.setdefault(slot.client, {})[slot] = start
        self._start_next(slot.client)

    def end(self, client: str) -> None:
        """Give the slot of a request to the client's next one."""
        self.running[client] -= 1
        if not self.running[client]:
            del self.running[client]
        self._start_next(client)

    def withdraw(self, slot: Slot) -> None:
        """Forget a request that waits, because its connection is closed.

        A request that does not wait is left alone.
        """
        waiting = self.waiting.get(slot.client, {})
        waiting.pop(slot, None)
        if not waiting:
            self.waiting.pop(slot.client, None)

    def _start_next(self, client: str) -> None:
        slot, start = next(iter(self.waiting.get(client, {}).items()), (None, None))
        if slot is None or start is None or self.running[client] >= self.limit:
            return
        self.withdraw(slot)
        self.running[client] += 1
        slot.is_held = True
        start()
