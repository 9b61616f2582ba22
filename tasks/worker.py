"""The worker process: consumers of both lanes, the recorder, the sweep."""

import logging
import signal
import threading
import time
from typing import Any

from huey.consumer import Consumer, ConsumerStopped

from tasks import cpu_affinity, deliveries, periodic_jobs, queues
from tasks.result_recorder import recorder
from tasks.sweep import sweep_until

LATE_SHARE = 4  # a quarter of the threads works on late retries and failing endpoints
GRACE_SECONDS = 20

log = logging.getLogger("wth.worker")


class LaneConsumer(Consumer):  # type: ignore[misc] # huey ships no types
    """One of two consumers in one process; the process sets the signal handlers."""

    def _set_signal_handlers(self) -> None:
        pass


def run(threads: int) -> None:
    """Works until SIGTERM or SIGINT, then finishes what is being sent."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    claim = cpu_affinity.pin_to_free_cpu("worker")  # before there are threads, for they inherit it
    late_threads = queues.max_waiting_slow = max(1, threads // LATE_SHARE)
    lanes = [_consumer(queues.fast_lane, max(1, threads - late_threads)), _consumer(queues.slow_lane, late_threads)]
    recorder.start(deliveries.dispatch_next)
    sweeper = threading.Thread(target=sweep_until, args=(stopping,), name="sweep", daemon=True)
    sweeper.start()
    for lane in lanes:
        lane.start()
    log.info("%d chores come round by themselves.", len(periodic_jobs.PERIODIC_JOBS))
    log.info("The worker sends with %d threads.", threads)
    _watch(lanes, stopping)
    for lane in lanes:
        lane.stop_flag.set()  # both first: while one finishes, the other must not begin anything
    for lane in lanes:
        lane.stop(graceful=True)
    recorder.stop()
    if claim is not None:
        claim.close()


def _consumer(lane: Any, threads: int) -> LaneConsumer:
    return LaneConsumer(lane, workers=threads, periodic=True, shutdown_timeout=GRACE_SECONDS, max_delay=0.1)


def _watch(lanes: list[LaneConsumer], stopping: threading.Event) -> None:
    """Lets huey replace worker threads that died."""
    checked_at = [time.monotonic()] * len(lanes)
    while not stopping.is_set():
        for index, lane in enumerate(lanes):
            try:
                checked_at[index] = lane.loop(checked_at[index])
            except ConsumerStopped:
                stopping.set()
