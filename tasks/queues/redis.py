"""Queue backend on Redis: consumers block on the list (BLPOP)."""

from typing import Any

from huey import Huey, RedisHuey

import config


def open_queue(name: str, **options: Any) -> Huey:
    """Open a queue in the Redis database of WTH_QUEUE_URL."""
    return RedisHuey(name, url=config.QUEUE_URL, **options)
