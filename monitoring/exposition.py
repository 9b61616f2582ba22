"""Exposition: the metrics of all processes in the text format of Prometheus."""

import hmac
import threading

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

import config
from monitoring.hub_collector import HubCollector
from monitoring.shared_values import FOLDER
from monitoring.slots import delete_gauges_of_ended_processes

PATH = "/metrics"
CHALLENGE = 'Bearer realm="WatchTraderHub metrics"'

_lock = threading.Lock()
_registry = CollectorRegistry()
MultiProcessCollector(_registry, str(FOLDER))  # type: ignore[no-untyped-call] # untyped in the library
_registry.register(HubCollector())


def render(accept: str) -> tuple[bytes, str]:
    """Return the metrics and their media type, for the header Accept of a request.

    It reads files and the database: call it on a thread that may wait.
    """
    encode, media_type = choose_encoder(accept)
    with _lock:
        delete_gauges_of_ended_processes(FOLDER)
        return encode(_registry), media_type


def is_authorized(authorization: str) -> bool:
    """Compare the header Authorization with the token, in constant time.

    Without WTH_METRICS_TOKEN, every request is authorized.
    """
    expected = f"Bearer {config.METRICS_TOKEN}".encode()
    return not config.METRICS_TOKEN or hmac.compare_digest(authorization.encode("latin-1", "replace"), expected)
