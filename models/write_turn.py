"""Fair turns to write, for the threads of a process that share a SQLite file.

Threads that wait for SQLite's lock poll, and the one that polls most often gets it. Here the owners take turns (round
robin), so a writer waits for one transaction of each other owner at most. Processes take turns by themselves
(`models/process_turn.py`). Owners whose transactions take long make pauses: together they write at most half of the
time.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar

LONG_SECONDS = 0.01  # of CPU time in a transaction, which does not grow on a busy machine; usually it is 3 ms
MEMORY_SECONDS = 1.0  # for which an owner is slow after a long transaction
MAX_PAUSE_SECONDS = 1.0

# On whose behalf this thread writes. The hub's own work has no owner: it limits its transactions itself.
owner_of_writes: ContextVar[str] = ContextVar("owner_of_writes", default="")


class Place:
    """The place of one thread in the queue of its owner."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.signal = threading.Event()
        self.has_turn = False
        self.look_at = float("inf")  # when the thread checks whether the pause of the slow owners has ended


class WriteTurn:
    """A lock whose waiting owners take turns. `timer` returns seconds."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer = timer
        self._lock = threading.Lock()
        self._queues: dict[str, deque[Place]] = {}  # by owner, the owner whose turn is next first
        self._holder: int | None = None  # a thread
        self._owner = ""
        self._started_at = self._cpu_started_at = 0.0
        self._slow_until: dict[str, float] = {}
        self._resume_at = float("-inf")  # the end of the pause of the slow owners

    def acquire(self, owner: str, seconds: float) -> None:
        """Wait for the turn. Raises TimeoutError after `seconds`."""
        place, deadline = Place(), self._timer() + seconds
        with self._lock:
            self._queues.setdefault(owner, deque()).append(place)
            self._pass_on()
        while not place.has_turn:
            place.signal.wait(max(0.0, min(deadline, place.look_at) - self._timer()))
            with self._lock:
                place.signal.clear()
                self._pass_on()
                if not place.has_turn and self._timer() >= deadline:
                    self._leave(owner, place)
                    raise TimeoutError("other writers did not finish in time")
        self.start()

    def start(self) -> None:
        """Note that the transaction begins now."""
        self._started_at, self._cpu_started_at = self._timer(), time.thread_time()

    def hand_to(self, owner: str) -> None:
        """Let another owner continue the transaction.

        From now on it counts as its own.
        """
        self._owner = owner
        self.start()

    def is_slow(self, owner: str) -> bool:
        """Return True if a transaction of the owner took long within MEMORY_SECONDS."""
        return self._slow_until.get(owner, float("-inf")) > self._timer()

    def work_seconds(self) -> float:
        """Return the CPU time of this thread since its transaction began."""
        return time.thread_time() - self._cpu_started_at

    def is_mine(self) -> bool:
        return self._holder == threading.get_ident()

    def release(self, work_seconds: float = 0.0) -> None:
        """Pass the turn on, if this thread has it.

        `work_seconds` is the CPU time of the transaction. After a long one, slow owners pause for as long as the
        transaction took.
        """
        if not self.is_mine():
            return
        with self._lock:
            if self._owner and work_seconds >= LONG_SECONDS:
                self._pause(self._timer())
            self._holder = None
            self._pass_on()

    def _pause(self, at: float) -> None:
        self._resume_at = at + min(at - self._started_at, MAX_PAUSE_SECONDS)
        self._slow_until = {owner: until for owner, until in self._slow_until.items() if until > at}
        self._slow_until[self._owner] = self._resume_at + MEMORY_SECONDS

    def _pass_on(self) -> None:
        """Give the turn to the next owner that may write, unless somebody has it."""
        if self._holder is not None or not self._queues:
            return
        owner = self._next_owner(self._timer())
        if owner is None:
            self._wake_after_pause(next(iter(self._queues.values()))[0])
            return
        places = self._queues.pop(owner)
        place = places.popleft()
        if places:
            self._queues[owner] = places
        self._holder, self._owner, place.has_turn = place.thread, owner, True
        place.signal.set()

    def _next_owner(self, at: float) -> str | None:
        if at >= self._resume_at:
            return next(iter(self._queues))
        return next((owner for owner in self._queues if self._slow_until.get(owner, at) <= at), None)

    def _wake_after_pause(self, place: Place) -> None:
        if place.look_at != self._resume_at:
            place.look_at = self._resume_at
            place.signal.set()

    def _leave(self, owner: str, place: Place) -> None:
        places = self._queues[owner]
        places.remove(place)
        if not places:
            del self._queues[owner]
        self._pass_on()
