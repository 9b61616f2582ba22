"""Calls that wait for a thread: a queue per owner, and the owners take turns."""

from collections import deque
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from errors import Refusal

MAX_WAITING = 1000  # calls per owner, by default
MAX_WAIT_SECONDS = 10.0


class Owned(Protocol):
    """A call on behalf of an owner."""

    owner: str


C = TypeVar("C", bound=Owned)


class ShareExhausted(Refusal):
    """The owner's share of the threads is in use; the work was not started."""

    def __init__(self) -> None:
        super().__init__(
            "service_unavailable",
            "Too many of your requests are running. Repeat the request in a few seconds.",
            headers={"Retry-After": "2"},
        )


class CallQueue(Generic[C]):
    """Waiting calls, of which one of each owner is taken in turn (round robin).

    `max_waiting` is the number of calls per owner. It has no lock: its user has one.
    """

    def __init__(self, max_waiting: int = MAX_WAITING) -> None:
        self.max_waiting = max_waiting
        self._waiting: dict[str, deque[C]] = {}  # by owner, the owner whose turn is next first

    def put(self, call: C) -> None:
        """Add a call. Raises `service_unavailable` while too many of its owner wait."""
        calls = self._waiting.setdefault(call.owner, deque())
        if len(calls) >= self.max_waiting:
            raise ShareExhausted
        calls.append(call)

    def take(self, may_start: Callable[[str], bool] = lambda _: True) -> C | None:
        """Remove the next call in turn, and put its owner last.

        `may_start(owner)` tells whose turn it can be. Returns None if there is no such call.
        """
        owner = next((owner for owner in self._waiting if may_start(owner)), None)
        if owner is None:
            return None
        calls = self._waiting.pop(owner)
        call = calls.popleft()
        if calls:
            self._waiting[owner] = calls
        return call

    def withdraw(self, call: C) -> bool:
        """Remove a call, unless it has been taken; return True if it was removed."""
        calls = self._waiting.get(call.owner, deque())
        if call not in calls:
            return False
        calls.remove(call)
        if not calls:
            del self._waiting[call.owner]
        return True
