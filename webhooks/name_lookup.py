"""Name resolution with a deadline, which getaddrinfo itself does not have."""

import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

TIMEOUT_SECONDS = 5.0
# A lookup whose deadline has passed keeps its thread until the C library times out after half a minute or more.
_SLOTS = threading.BoundedSemaphore(32)


def resolve_in_time(host: str, port: int, **options: Any) -> list[tuple[Any, ...]]:
    """Resolve as `socket.getaddrinfo` does.

    Raises TimeoutError after TIMEOUT_SECONDS, and at once while 32 lookups are running.
    """
    if not _SLOTS.acquire(blocking=False):
        raise TimeoutError("too many lookups are running")
    result: Future[list[tuple[Any, ...]]] = Future()
    lookup = partial(socket.getaddrinfo, host, port, **options)
    # A daemon: a lookup that hangs does not delay the end of the process.
    threading.Thread(target=_run, args=(lookup, result), name="name-lookup", daemon=True).start()
    return result.result(TIMEOUT_SECONDS)


def _run(lookup: Callable[[], Any], result: "Future[Any]") -> None:
    try:
        result.set_result(lookup())
    except Exception as error:
        result.set_exception(error)
    finally:
        _SLOTS.release()
