"""The two huey queues that wake the worker.

Messages are hints: anything lost is picked up by the sweep.
"""

from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from typing import Any

from huey import Huey
from huey.serializer import Serializer, SignedSerializer

import config


class RotatingSerializer(Serializer):  # type: ignore[misc] # huey ships no types
    """Signs messages with the key in use, and accepts those of previous keys."""

    def serialize(self, data: Any) -> bytes:
        signed: bytes = _serializer(config.secret_key()).serialize(data)
        return signed

    def deserialize(self, data: bytes) -> Any:
        *previous, oldest = config.secret_keys()
        for key in previous:
            with suppress(ValueError):
                return _serializer(key).deserialize(data)
        return _serializer(oldest).deserialize(data)


@lru_cache(8)
def _serializer(key: str) -> SignedSerializer:
    return SignedSerializer(secret=key, salt="queue")


def _open_queue(name: str) -> Huey:
    backend = import_module("tasks.queues.redis" if config.QUEUE_URL.startswith("redis") else "tasks.queues.sqlite")
    queue: Huey = backend.open_queue(name, results=False, serializer=RotatingSerializer())
    return queue


# Messages of running hubs are stored under these queue names and under the tasks' names: do not change them.
default_queue = _open_queue("wth-first")  # wake-ups, and background jobs
periodic_queue = _open_queue("wth-late")  # periodic jobs


def count_waiting() -> int:
    """Count the messages in both queues.

    Raises an exception of the storage's library while the storage is unavailable.
    """
    return int(default_queue.pending_count() + periodic_queue.pending_count())
