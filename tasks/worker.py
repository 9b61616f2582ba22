"""The worker process: consumers of both lanes, the result recorder and the sweep."""

import logging
import signal
import threading
import time
from functools import partial

from huey import Huey
from huey.api import Task
from huey.consumer import Consumer, ConsumerStopped

from commands.supervisor import WORKER_STOP_SECONDS, exit_within, list_stop_signals
from tasks import clock_monitor, cpu_affinity, deliveries, periodic_jobs
from tasks.queues.lanes import fast_lane, slow_lane
from tasks.result_recorder import recorder
from tasks.sweep import sweep_until

SLOW_SHARE = 4  # a quarter of the threads serves the slow lane
SHUTDOWN_SECONDS = 20

log = logging.getLogger("wth.worker")


class LaneConsumer(Consumer):  # type: ignore[misc] # huey ships no types
    """Consumer without signal handlers: two run in one process, which sets its own."""

    def _set_signal_handlers(self) -> None:
        pass


def run(threads: int) -> None:
    """Work until SIGTERM or SIGINT, then finish the attempts in progress."""
    stopping = _stop_on_signals()
    cpu_claim = cpu_affinity.pin_to_free_cpu("worker")  # before any thread starts, because threads inherit it
    slow_threads = max(1, threads // SLOW_SHARE)
    pass_slow_threads(slow_threads)
    consumers = [_consumer(fast_lane, max(1, threads - slow_threads)), _consumer(slow_lane, slow_threads)]
    recorder.start(partial(deliveries.dispatch_next, slow_threads=slow_threads))
    threading.Thread(target=sweep_until, args=(stopping, slow_threads), name="sweep", daemon=True).start()
    threading.Thread(target=clock_monitor.monitor_until, args=(stopping,), name="clock monitor", daemon=True).start()
    for consumer in consumers:
        consumer.start()
    log.info("Scheduled %d periodic jobs.", len(periodic_jobs.PERIODIC_JOBS))
    log.info("Worker started with %d threads.", threads)
    _monitor(consumers, stopping)
    _stop(consumers)
    if cpu_claim is not None:
        cpu_claim.close()


def _stop_on_signals() -> threading.Event:
    """Return an event that a signal sets.

    The process ends within WORKER_STOP_SECONDS of the signal, whatever hangs.
    """
    stopping = threading.Event()

    def stop(*_: object) -> None:
        if not stopping.is_set():
            exit_within(WORKER_STOP_SECONDS)
        stopping.set()

    for number in list_stop_signals():
        signal.signal(number, stop)
    return stopping


def pass_slow_threads(count: int) -> None:
    """Add the number of slow-lane threads to each wake-up message on receipt.

    The web process, which sends the message, does not know it.
    """

    @fast_lane.pre_execute("slow_threads")  # type: ignore[untyped-decorator] # huey ships no types
    def add_slow_threads(task: Task) -> None:
        if isinstance(task, deliveries.wake.task_class):
            task.kwargs["slow_threads"] = count


def _consumer(lane: Huey, threads: int) -> LaneConsumer:
    return LaneConsumer(lane, workers=threads, periodic=True, shutdown_timeout=SHUTDOWN_SECONDS, max_delay=0.1)


def _monitor(consumers: list[LaneConsumer], stopping: threading.Event) -> None:
    """Let huey replace worker threads that died, until the event is set."""
    checked_at = [time.monotonic()] * len(consumers)
    while not stopping.is_set():
        for index, consumer in enumerate(consumers):
            try:
                checked_at[index] = consumer.loop(checked_at[index])
            except ConsumerStopped:
                stopping.set()


def _stop(consumers: list[LaneConsumer]) -> None:
    for consumer in consumers:
        consumer.stop_flag.set()  # first for both, so that neither begins a task while the other finishes
    for consumer in consumers:
        consumer.stop(graceful=True)
    recorder.stop()
