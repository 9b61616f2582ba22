"""Recorder of the API request log, for which no request waits.

Requests are written within a second, in batches, by a thread of their own. What the database cannot take is dropped and
counted.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context

from models.database import DatabaseUnavailable, connection
from models.request_log.batch_writer import group_by_mode, write_requests
from models.request_log.recorded_request import Mode, RecordedRequest

FLUSH_SECONDS = 1.0
EARLY_COUNT, EARLY_BYTES = 500, 2**20  # of waiting requests that are written before FLUSH_SECONDS have passed
MAX_WAITING = 2000  # requests of one process, and half as many of one dealer
MAX_WAITING_BYTES = 8 * 2**20
STOP_SECONDS = 5.0

log = logging.getLogger("wth.request_log")

Lost = Counter[Mode]


class RequestRecorder:
    """Requests of one process that wait to be written.

    Only the event loop uses it. `on_dropped(count)` is called with the number of requests that are not recorded.
    """

    def __init__(self, on_dropped: Callable[[int], None]) -> None:
        self._on_dropped = on_dropped
        self._waiting: list[RecordedRequest] = []
        self._waiting_bytes = 0
        self._by_dealer: Counter[str] = Counter()
        self._dropped: Lost = Counter()
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="request-log")
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Future[Lost] | None = None

    def add(self, request: RecordedRequest) -> None:
        """Record a request within FLUSH_SECONDS, unless too many wait."""
        count, size = self._by_dealer[request.dealer_id], request.size
        is_full = len(self._waiting) >= MAX_WAITING or self._waiting_bytes + size > MAX_WAITING_BYTES
        if is_full or count >= MAX_WAITING // 2:
            self._drop(Counter({request.mode: 1}))
        else:
            self._waiting.append(request)
            self._waiting_bytes += size
            self._by_dealer[request.dealer_id] = count + 1
        if self._writing is None:
            self._schedule_write()

    def _schedule_write(self) -> None:
        if len(self._waiting) >= EARLY_COUNT or self._waiting_bytes >= EARLY_BYTES:
            self._start_write()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._start_write, context=Context())

    async def flush(self) -> None:
        """Write what waits. For at most STOP_SECONDS: the server may have to stop."""
        has_begun = False
        async with asyncio.timeout(STOP_SECONDS):
            while self._writing is not None or self._waiting or (self._dropped and not has_begun):
                has_begun = True
                await asyncio.wait([self._writing or self._start_write()])
                await asyncio.sleep(0)  # until the end of the write is noted

    async def stop(self) -> None:
        """Write what waits and end the thread."""
        try:
            await self.flush()
        except TimeoutError:
            log.warning("API requests may be missing in the log: the database did not respond before the stop.")
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _start_write(self) -> "asyncio.Future[Lost]":
        self._cancel_timer()
        requests, dropped = self._waiting, self._dropped
        self._waiting, self._waiting_bytes, self._dropped = [], 0, Counter()
        self._by_dealer.clear()
        self._writing = asyncio.get_running_loop().run_in_executor(self._executor, write_all, requests, dropped)
        self._writing.add_done_callback(self._end_write, context=Context())
        return self._writing

    def _end_write(self, writing: "asyncio.Future[Lost]") -> None:
        self._writing = None
        if not writing.cancelled():
            self._drop(writing.result())
        if self._waiting:
            self._schedule_write()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _drop(self, lost: Lost) -> None:
        """Count what is not recorded; the next batch stores it for its dealers."""
        self._dropped += lost
        if count := lost.total():
            self._on_dropped(count)


def write_all(requests: Sequence[RecordedRequest], dropped: Lost) -> Lost:
    """Write requests, and return how many of each dealer could not be written.

    There is one short transaction for each dealer and mode. An outage of the database is logged where the connection
    fails.
    """
    lost: Lost = Counter()
    for mode, batch in group_by_mode(requests, dropped).items():
        try:
            with connection():
                write_requests(mode, batch, dropped[mode])
        except DatabaseUnavailable:
            lost[mode] += len(batch) + dropped[mode]
        except Exception:
            log.exception("API requests could not be recorded.", extra={"count": len(batch)})
            lost[mode] += len(batch)
    return lost
