"""Metrics of one process: its connection pool, and the port of the metrics."""

import socket
import threading
import time

from models.database import count_connections
from monitoring import instruments
from monitoring.metrics_server import serve

SAMPLE_SECONDS = 2.0


def start(listener: socket.socket | None) -> None:
    """Begin to report, in threads that end with the process.

    `listener` is a bound socket for the port of the metrics; None for a hub that has only a token.
    """
    if count_connections() is not None:
        threading.Thread(target=_sample_connections, name="metrics sampler", daemon=True).start()
    if listener is not None:
        serve(listener)


def _sample_connections() -> None:
    while (counts := count_connections()) is not None:
        instruments.database_connections.labels("in_use").set(counts.in_use)
        instruments.database_connections.labels("idle").set(counts.idle)
        instruments.database_connections_max.set(counts.limit)
        time.sleep(SAMPLE_SECONDS)
