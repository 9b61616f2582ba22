"""Collector of values that are in the database, read when Prometheus asks."""

import logging
import platform
import time
from collections.abc import Iterator
from importlib.metadata import version

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

import config
from models.database import DatabaseUnavailable, connection
from models.delivery.backlog import Backlog, read_backlog
from models.delivery.worker_heartbeat import LiveWorkers, WorkerHeartbeat

SHARED_SECONDS = 5.0

log = logging.getLogger("wth.metrics")


class HubCollector(Collector):
    """Gauges of the whole hub: every process of it reports the same.

    The database is read at most once in SHARED_SECONDS. One thread at a time may collect.
    """

    def __init__(self) -> None:
        self._workers = LiveWorkers()
        self._backlog: Backlog | None = None
        self._read_at = float("-inf")

    def collect(self) -> Iterator[Metric]:
        yield _build_info()
        if time.monotonic() - self._read_at >= SHARED_SECONDS:
            self._read()
        is_up = GaugeMetricFamily("wth_database_up", "1 if the database responds.", value=float(bool(self._backlog)))
        yield is_up
        if self._backlog is not None:
            yield from _backlog_gauges(self._backlog)
            live = self._workers.count(self._read_at)
            yield GaugeMetricFamily("wth_workers", "Workers whose heartbeat rises.", value=live)

    def _read(self) -> None:
        self._backlog, self._read_at = None, time.monotonic()
        try:
            with connection():
                self._workers.observe(WorkerHeartbeat.read(), self._read_at)
                self._backlog = read_backlog()
        except DatabaseUnavailable:
            pass  # the outage is logged already
        except Exception:
            log.exception("Metrics of the database could not be read.")


def _build_info() -> Metric:
    database = "sqlite" if config.is_sqlite() else "postgresql"
    labels = {"version": version("watchtraderhub"), "python": platform.python_version(), "database": database}
    info = GaugeMetricFamily(
        "wth_build_info", "Version of the hub and of Python, kind of database.", labels=list(labels)
    )
    info.add_metric(list(labels.values()), 1)
    return info


def _backlog_gauges(backlog: Backlog) -> Iterator[Metric]:
    yield _by_state("wth_pending_deliveries", "Deliveries that are not finished, 100000 at most.", backlog.deliveries)
    yield _by_state("wth_endpoints", "Webhook endpoints by state.", backlog.endpoints)
    yield GaugeMetricFamily(
        "wth_oldest_undelivered_event_age_seconds",
        "Age of the oldest event that an enabled endpoint has not received.",
        value=backlog.event_age_seconds,
    )
    yield GaugeMetricFamily(
        "wth_delivery_delay_seconds",
        "Time for which the most delayed delivery has been due.",
        value=backlog.delay_seconds,
    )


def _by_state(name: str, meaning: str, counts: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=["state"])
    for state, count in counts.items():
        family.add_metric([state], count)
    return family
