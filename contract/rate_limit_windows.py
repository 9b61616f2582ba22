"""Base of the rate-limit storages: moving windows and no other operation."""

from limits.aio.storage import MovingWindowSupport, Storage

UNSUPPORTED = "This storage supports moving windows only."


class WindowStorage(Storage, MovingWindowSupport):
    """Storage without the counters of fixed windows, which the hub does not use."""

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        raise TypeError(UNSUPPORTED)

    async def get(self, key: str) -> int:
        raise TypeError(UNSUPPORTED)

    async def get_expiry(self, key: str) -> float:
        raise TypeError(UNSUPPORTED)
