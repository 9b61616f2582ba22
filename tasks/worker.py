"""The worker process: dispatcher, result recorder, heartbeat, queue consumers."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from importlib import import_module

from huey import Huey
from huey.consumer import Consumer, ConsumerStopped

import config
from commands.interpreter import freeze_loaded_objects
from commands.metrics import start_metrics
from commands.open_files import raise_file_limit
from commands.supervisor import WORKER_STOP_SECONDS, exit_within, list_stop_signals
from commands.traces import start_tracing
from models.delivery.results import AttemptResult
from tasks import clock_monitor, cpu_affinity, deliveries, mails, periodic_jobs  # noqa: F401 - they register tasks
from tasks.attempts import sender
from tasks.dispatcher import dispatcher
from tasks.heartbeat import heartbeat
from tasks.queues.huey_queues import default_queue, periodic_queue
from tasks.result_recorder import recorder
from telemetry import tracing

DEFAULT_CONSUMERS = 8  # wake-ups take no time; background jobs may occupy some of these threads
PERIODIC_CONSUMERS = 2
SHUTDOWN_SECONDS = 20

log = logging.getLogger("wth.worker")


class QueueConsumer(Consumer):  # type: ignore[misc] # huey ships no types
    """Consumer without signal handlers: two run in one process, which sets its own."""

    def _set_signal_handlers(self) -> None:
        pass


def run(threads: int) -> None:
    """Work until SIGTERM or SIGINT, then finish the attempts in progress."""
    sender()  # ends the worker before it claims anything if WTH_WEBHOOK_CA_FILE is invalid
    start_tracing()
    stopping = _stop_on_signals()
    cpu_claim = cpu_affinity.pin_to_free_cpu("worker")  # before any thread starts, because threads inherit it
    freeze_loaded_objects()
    start_metrics()
    raise_file_limit()  # slow receivers and idle connections need files
    consumers = [_consumer(default_queue, DEFAULT_CONSUMERS), _consumer(periodic_queue, PERIODIC_CONSUMERS)]
    dispatching = _start_dispatcher(threads, stopping)
    threading.Thread(target=clock_monitor.monitor_until, args=(stopping,), name="clock monitor", daemon=True).start()
    for consumer in consumers:
        consumer.start()
    log.info("Scheduled %d periodic jobs.", len(periodic_jobs.PERIODIC_JOBS))
    log.info("Worker started with %d threads.", threads)
    _monitor(consumers, stopping)
    _stop(consumers, dispatching)
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


def _start_dispatcher(threads: int, stopping: threading.Event) -> threading.Thread:
    dispatcher.resize(threads)
    recorder.start(_after_results())
    heartbeat.start(dispatcher.sweep_soon)
    thread = threading.Thread(target=dispatcher.run, args=(stopping,), name="dispatcher", daemon=True)
    thread.start()
    return thread


def _after_results() -> Callable[[list[AttemptResult]], None]:
    """Return what follows a batch of written results: logs, metrics, the next claims."""
    observers = []
    if config.logs("info"):
        observers.append(import_module("monitoring.delivery_log").log_results)
    if config.has_metrics():
        observers.append(import_module("monitoring.delivery_metrics").observe_results)

    def observe_and_note(results: list[AttemptResult]) -> None:
        for observe in observers:
            observe(results)
        dispatcher.note_results(results)

    return observe_and_note


def _consumer(queue: Huey, threads: int) -> QueueConsumer:
    return QueueConsumer(queue, workers=threads, periodic=True, shutdown_timeout=SHUTDOWN_SECONDS, max_delay=0.1)


def _monitor(consumers: list[QueueConsumer], stopping: threading.Event) -> None:
    """Let huey replace worker threads that died, until the event is set."""
    checked_at = [time.monotonic()] * len(consumers)
    while not stopping.is_set():
        for index, consumer in enumerate(consumers):
            try:
                checked_at[index] = consumer.loop(checked_at[index])
            except ConsumerStopped:
                stopping.set()


def _stop(consumers: list[QueueConsumer], dispatching: threading.Thread) -> None:
    """End claims, wait for attempts, write the last results, then wait for jobs."""
    deadline = time.monotonic() + SHUTDOWN_SECONDS
    for consumer in consumers:
        consumer.stop_flag.set()  # first for both, so that neither begins a task while the other finishes
    dispatching.join(deadline - time.monotonic())
    is_done = dispatcher.stop(deadline)
    recorder.stop()
    heartbeat.stop(has_claims=not is_done)
    for consumer in consumers:
        consumer.shutdown_timeout = max(1.0, deadline - time.monotonic())
        consumer.stop(graceful=True)
    tracing.stop()
