"""Rate-limit storage in memory, for a single web process."""

import time
from collections import deque
from dataclasses import dataclass, field

from contract.rate_limit_windows import UNSUPPORTED, WindowStorage

HITS_PER_CLEANUP = 1000


@dataclass
class Window:
    """The tokens taken in one window, oldest first; times are monotonic."""

    expiry: int  # seconds
    entries: deque[tuple[float, int]] = field(default_factory=deque)
    used: int = 0

    def expire(self, now: float) -> None:
        """Return the tokens that were taken before the window."""
        while self.entries and self.entries[0][0] <= now - self.expiry:
            self.used -= self.entries.popleft()[1]

    def take(self, now: float, tokens: int) -> None:
        self.entries.append((now, tokens))
        self.used += tokens


class MemoryWindows(WindowStorage):
    """Moving windows on a monotonic clock."""

    STORAGE_SCHEME = ["wth-memory"]  # noqa: RUF012 - limits declares it as a plain list

    def __init__(self) -> None:
        super().__init__("wth-memory://")
        self.windows: dict[str, Window] = {}
        self._hits = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        return MemoryError

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` and return True if the window of `expiry` seconds has capacity."""
        now = time.monotonic()
        self._clean_up(now)
        window = self.windows.setdefault(key, Window(expiry))
        window.expire(now)
        is_within = window.used + amount <= limit
        if is_within:
            window.take(now, amount)
        return is_within

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return when the window began, by the system clock, and what it holds."""
        now, window = time.monotonic(), self.windows.get(key)
        if window is None:
            return time.time(), 0
        window.expire(now)
        age = now - window.entries[0][0] if window.entries else 0
        return time.time() - age, window.used

    def _clean_up(self, now: float) -> None:
        """Delete windows that are no longer used, from time to time."""
        self._hits += 1
        if self._hits % HITS_PER_CLEANUP == 0:
            for key, window in list(self.windows.items()):
                window.expire(now)
                if not window.entries:
                    del self.windows[key]

    async def check(self) -> bool:
        return True

    async def reset(self) -> int | None:
        raise TypeError(UNSUPPORTED)

    async def clear(self, key: str) -> None:
        self.windows.pop(key, None)
