"""Fair shares of a thread pool: no owner can take the threads that others need.

Dynamic thresholds (Choudhury and Hahne, 1998): an owner may take another thread while it holds fewer than are free. So
one owner gets at most half of the threads, two get a third each, and a newcomer finds a free one. Work that has to wait
is queued per owner, and the owners take turns.
"""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from models.call_queue import MAX_WAITING, CallQueue, ShareExhausted


class Call(Future[Any]):
    """One call that waits for a thread, or has one, and its result."""

    def __init__(self, work: Callable[[], Any], owner: str) -> None:
        super().__init__()
        self.work = work
        self.owner = owner

    def run(self) -> None:
        try:
            result = self.work()
        except BaseException as error:
            self.set_exception(error)
        else:
            self.set_result(result)


class FairPool:
    """A thread pool with a share for each owner, safe to use from any thread.

    `threads` is the number of threads, `name` the prefix of their names. Each thread runs `initializer` once.
    `max_waiting` is the number of calls per owner that may wait. If not `has_shares`, an owner may take all threads.
    """

    def __init__(
        self,
        threads: int,
        name: str,
        *,
        max_waiting: int = MAX_WAITING,
        has_shares: bool = True,
        initializer: Callable[[], None] = lambda: None,
    ) -> None:
        self.executor = ThreadPoolExecutor(threads, thread_name_prefix=name, initializer=initializer)
        self.has_shares = has_shares
        self._free = threads
        self._running: Counter[str] = Counter()
        self.waiting: CallQueue[Call] = CallQueue(max_waiting)
        self._lock = threading.Lock()

    def submit(self, work: Callable[[], Any], owner: str) -> Call:
        """Run `work` on a thread as soon as it is the owner's turn.

        Raises `service_unavailable` while too many calls of the owner wait.
        """
        call = Call(work, owner)
        with self._lock:
            self.waiting.put(call)
            self._start_calls()
        return call

    def expire(self, call: Call) -> None:
        """End the wait of a call that has not started: it raises `service_unavailable`."""
        with self._lock:
            is_waiting = self.waiting.withdraw(call)
        if is_waiting and call.set_running_or_notify_cancel():
            call.set_exception(ShareExhausted())

    def _start_calls(self) -> None:
        while call := self.waiting.take(self._may_start):
            if call.set_running_or_notify_cancel():
                self._free -= 1
                self._running[call.owner] += 1
                self.executor.submit(self._run, call)

    def _may_start(self, owner: str) -> bool:
        return self._free > (self._running[owner] if self.has_shares else 0)

    def _run(self, call: Call) -> None:
        call.run()
        with self._lock:
            self._free += 1
            self._running[call.owner] -= 1
            if not self._running[call.owner]:
                del self._running[call.owner]
            self._start_calls()
