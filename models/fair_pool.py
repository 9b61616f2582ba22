"""Fair shares of a thread pool: no owner can take the threads that others need.

Dynamic thresholds (Choudhury and Hahne, 1998): an owner may take another thread while it holds fewer than are free. So
one owner gets at most half of the threads, two get a third each, and a newcomer finds a free one. Work that has to wait
is queued per owner, and the owners take turns.
"""

import threading
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from errors import Refusal

MAX_WAITING = 1000  # calls per owner, by default
MAX_WAIT_SECONDS = 10.0


class ShareExhausted(Refusal):
    """The owner's share of the threads is in use; the work was not started."""

    def __init__(self) -> None:
        super().__init__(
            "service_unavailable",
            "Too many of your requests are running. Repeat the request in a few seconds.",
            headers={"Retry-After": "2"},
        )


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
        self.max_waiting = max_waiting
        self.has_shares = has_shares
        self._free = threads
        self._running: Counter[str] = Counter()
        self._waiting: dict[str, deque[Call]] = {}  # by owner, the owner whose turn is next first
        self._lock = threading.Lock()

    def submit(self, work: Callable[[], Any], owner: str) -> Call:
        """Run `work` on a thread as soon as it is the owner's turn.

        Raises `service_unavailable` while too many calls of the owner wait.
        """
        call = Call(work, owner)
        with self._lock:
            calls = self._waiting.setdefault(owner, deque())
            if len(calls) >= self.max_waiting:
                raise ShareExhausted
            calls.append(call)
            self._start_calls()
        return call

    def expire(self, call: Call) -> None:
        """End the wait of a call that has not started: it raises `service_unavailable`."""
        with self._lock:
            calls = self._waiting.get(call.owner, deque())
            if call not in calls:
                return
            calls.remove(call)
            if not calls:
                del self._waiting[call.owner]
        if call.set_running_or_notify_cancel():
            call.set_exception(ShareExhausted())

    def _start_calls(self) -> None:
        while call := self._take_call():
            if call.set_running_or_notify_cancel():
                self._free -= 1
                self._running[call.owner] += 1
                self.executor.submit(self._run, call)

    def _take_call(self) -> Call | None:
        """Return the next call in turn, and put its owner last."""
        owner = next((owner for owner in self._waiting if self._may_start(owner)), None)
        if owner is None:
            return None
        calls = self._waiting.pop(owner)
        call = calls.popleft()
        if calls:
            self._waiting[owner] = calls
        return call

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
