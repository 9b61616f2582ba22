"""Queue backend on Redis: consumers block on the list (BRPOP), with bounds."""

from typing import Any

from huey import Huey
from huey.storage import RedisStorage
from redis import ConnectionPool, Redis, RedisError
from redis import exceptions as redis_errors
from redis.backoff import NoBackoff
from redis.retry import Retry

import config
from tasks.queues.guarded import READ_SECONDS, GuardedStorage

CONNECT_SECONDS = 1.0
CALL_SECONDS = 1.0  # short, because a message is sent while a client waits for its response


class BoundedRedisStorage(RedisStorage):  # type: ignore[misc] # huey ships no types
    """Storage whose calls end within two seconds, even if Redis hangs."""

    def __init__(self, name: str, *, url: str, **options: Any) -> None:
        pool = _open_pool(url, CALL_SECONDS + READ_SECONDS)
        super().__init__(name, connection_pool=pool, **options)
        self.calls = Redis(connection_pool=_open_pool(url, CALL_SECONDS))

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        self.calls.lpush(self.queue_key, data)

    def queue_size(self) -> int:
        return int(self.calls.llen(self.queue_key))

    def dequeue(self) -> bytes | None:
        item = self.conn.brpop(self.queue_key, timeout=int(READ_SECONDS))
        return None if item is None else item[1]


class GuardedRedisStorage(GuardedStorage, BoundedRedisStorage):
    """Bounded storage, with few log lines while Redis is unavailable."""

    errors = (RedisError,)


def _open_pool(url: str, seconds: float) -> ConnectionPool:
    """Open a pool whose calls take up to `seconds`.

    Parameters in the URL have priority.
    """
    return ConnectionPool.from_url(
        url,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=seconds,
        health_check_interval=15,
        # once more on a connection that Redis has closed, as after its restart, but never after a timeout
        retry=Retry(NoBackoff(), 1, supported_errors=(redis_errors.ConnectionError,)),
    )


def open_queue(name: str, **options: Any) -> Huey:
    """Open a queue in the Redis database of WTH_QUEUE_URL."""
    return Huey(name, storage_class=GuardedRedisStorage, url=config.QUEUE_URL, **options)
