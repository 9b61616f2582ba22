"""Base of the rate-limit storages: moving windows and no other operation."""

import logging

from limits.aio.storage import MovingWindowSupport, Storage

from models.outages import OutageLog

UNSUPPORTED = "This storage supports moving windows only."

outage = OutageLog(logging.getLogger("wth.rate_limits"), "Rate-limit storage", "API requests get 503.")


class WindowStorage(Storage, MovingWindowSupport):
    """Storage without the counters of fixed windows, which the hub does not use."""

    async def close(self) -> None:
        """Close the connections, if there are any."""

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        raise TypeError(UNSUPPORTED)

    async def get(self, key: str) -> int:
        raise TypeError(UNSUPPORTED)

    async def get_expiry(self, key: str) -> float:
        raise TypeError(UNSUPPORTED)
