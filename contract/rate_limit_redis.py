"""Rate-limit storage in Redis, by Redis' own clock, with bounds on every call."""

import time

from limits.errors import StorageError
from redis import RedisError
from redis import exceptions as redis_errors
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from contract.rate_limit_windows import UNSUPPORTED, WindowStorage, outage
from models.outages import CircuitBreaker

CALL_SECONDS = 1.0
SKIP_SECONDS = 0.5

# An entry is "<ms> <tokens>", the newest first. Web processes have different clocks, so Redis' clock decides; entries
# from before it was set back count as made now. Tokens taken within a 600th of the window share an entry, which bounds
# the list. Returns whether the tokens were taken, the tokens used, and the age of
# the oldest entry in ms.
WINDOW = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local limit, window, amount = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000, tonumber(ARGV[3])
local entries = redis.call('LRANGE', KEYS[1], 0, -1)
local kept, used, oldest, is_changed, newest, newest_tokens = {}, 0, now, false, 0, 0
for _, entry in ipairs(entries) do
  local at, tokens = string.match(entry, '^(%d+) (%d+)$')
  at = tonumber(at)
  if at > now then at, is_changed = now, true end
  if at > now - window then
    kept[#kept + 1] = string.format('%.0f %s', at, tokens)
    used = used + tokens
    if #kept == 1 then newest, newest_tokens = at, tokens end
    oldest = math.min(oldest, at)
  else
    is_changed = true
  end
end
local is_within = used + amount <= limit
if amount > 0 and is_within then
  if newest > now - window / 600 then
    kept[1] = string.format('%.0f %d', newest, newest_tokens + amount)
  else
    table.insert(kept, 1, string.format('%.0f %d', now, amount))
  end
  used, is_changed = used + amount, true
end
if is_changed then
  redis.call('DEL', KEYS[1])
  if #kept > 0 then
    redis.call('RPUSH', KEYS[1], unpack(kept))
    redis.call('PEXPIRE', KEYS[1], window)
  end
end
return {is_within and 1 or 0, used, now - oldest}
"""


class RedisWindows(WindowStorage):
    """Moving windows in Redis.

    After a failed call, calls fail at once for SKIP_SECONDS, so that a Redis that hangs holds no requests.
    """

    STORAGE_SCHEME = ["wth-redis"]  # noqa: RUF012 - limits declares it as a plain list

    def __init__(self, url: str) -> None:
        super().__init__("wth-redis://")
        self.breaker = CircuitBreaker(SKIP_SECONDS)
        self.redis = Redis.from_url(
            url,
            socket_connect_timeout=CALL_SECONDS,
            socket_timeout=CALL_SECONDS,
            health_check_interval=15,
            # once more on a connection that Redis has closed, as after its restart, but never after a timeout
            retry=Retry(NoBackoff(), 1, supported_errors=(redis_errors.ConnectionError,)),
        )
        self._script = self.redis.register_script(WINDOW)

    @property
    def base_exceptions(self) -> type[Exception]:
        return RedisError

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` and return True if the window of `expiry` seconds has capacity.

        Raises StorageError.
        """
        is_within, _, _ = await self._run(key, limit, expiry, amount)
        return bool(is_within)

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return when the window began, by this machine's clock, and what it holds.

        Raises StorageError.
        """
        _, used, age_ms = await self._run(key, limit, expiry, 0)
        return time.time() - age_ms / 1000, used

    async def _run(self, key: str, *arguments: int) -> tuple[int, int, int]:
        if not self.breaker.allows():
            raise StorageError(RedisError("skipped after a failed call"))
        try:
            is_within, used, age_ms = await self._script(keys=[f"wth-window:{key}"], args=arguments)
        except RedisError as error:
            self.breaker.open()
            raise StorageError(error) from error
        self.breaker.close()
        outage.record_success()
        return is_within, used, age_ms

    async def close(self) -> None:
        await self.redis.aclose()

    async def check(self) -> bool:
        return bool(await self.redis.ping())

    async def reset(self) -> int | None:
        raise TypeError(UNSUPPORTED)

    async def clear(self, key: str) -> None:
        await self.redis.delete(f"wth-window:{key}")
