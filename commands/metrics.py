"""Start of the metrics of a process, if the settings ask for them.

Without them, nothing of prometheus-client is imported.
"""

from importlib import import_module

import config
from commands.sockets import bind


def require_metrics_port() -> None:
    """Raise `cannot_listen` if another program uses WTH_METRICS_PORT."""
    if config.METRICS_PORT:
        bind(config.METRICS_HOST, config.METRICS_PORT, is_shared=True).close()


def start_metrics() -> None:
    """Measure in this process, and serve WTH_METRICS_PORT. Raises `cannot_listen`."""
    if config.has_metrics():
        port = config.METRICS_PORT
        listener = bind(config.METRICS_HOST, port, is_shared=True) if port else None
        import_module("monitoring.process_metrics").start(listener)
