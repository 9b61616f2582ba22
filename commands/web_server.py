"""Web server: uvicorn in this process, or in several that share a socket."""

import multiprocessing
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.supervisors import multiprocess

from app import create_app
from commands.file_limit import backlog, connection_limits
from commands.interpreter import freeze_loaded_objects, switch_threads_sooner
from commands.logs import start_process_logging
from commands.metrics import start_metrics
from commands.open_files import raise_file_limit
from commands.supervisor import WEB_STOP_SECONDS, exit_with_parent, exit_within, list_stop_signals
from commands.traces import start_tracing
from contract.draining import DrainingServer
from contract.http_protocol import http_protocol
from tasks import cpu_affinity

cpu_claims: list[Any] = []  # keeps this process's claim on its CPU core open


def web_options() -> dict[str, Any]:
    """Options for uvicorn, in addition to the address."""
    files = raise_file_limit()
    return {
        "http": http_protocol(connection_limits(files)),
        "backlog": backlog(files),
        "lifespan": "on",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,  # contract/client_address.py reads them
        "timeout_graceful_shutdown": 10,
        "timeout_worker_healthcheck": 60,  # on a busy machine a process needs more than the default 5 s to start
    }


class BoundedServer(DrainingServer):
    """Server that ends the process in time.

    At the signal to stop, it calls `on_stop`, and the process ends within `stop_seconds`.
    """

    def __init__(self, server_config: uvicorn.Config, stop_seconds: float, on_stop: Callable[[], None]) -> None:
        super().__init__(server_config)
        self._stop_seconds = stop_seconds
        self._on_stop = on_stop

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if not self.should_exit:
            exit_within(self._stop_seconds)
            self._on_stop()
        super().handle_exit(sig, frame)


class DrainingProcess(multiprocess.Process):
    """Web process that serves the connections waiting in the kernel at its stop."""

    @property
    def server(self) -> uvicorn.Server:
        if self._server is None:
            self._server = DrainingServer(self.config)
        return self._server


# uvicorn's supervisor has no parameter for the class of its processes.
multiprocess.Process = DrainingProcess  # type: ignore[misc] # mypy rejects the assignment of a class


class BoundedProcesses(multiprocess.Multiprocess):
    """Web processes that end with this one, within WEB_STOP_SECONDS of a signal."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for number in list_stop_signals():
            signal.signal(number, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if signal.SIGTERM not in self.signal_queue:
            exit_within(WEB_STOP_SECONDS, self._kill_all)
            for listener in self.sockets:  # or connections would wait here after the last process has stopped
                listener.close()
        self.signal_queue.append(signal.SIGTERM)

    def _kill_all(self) -> None:
        for process in self.processes:
            process.process.kill()


def run_web(
    listener: socket.socket,
    *,
    workers: int,
    stop_seconds: float = WEB_STOP_SECONDS,
    on_stop: Callable[[], None] = lambda: None,
) -> None:
    """Serve on a bound socket until a signal ends this process.

    `workers` is the number of processes. The process ends within `stop_seconds` of the signal, and calls `on_stop` at
    the signal if it is a single one.
    """
    if workers > 1:
        uvicorn_config = uvicorn.Config(
            "commands.web_server:create_child_app", factory=True, workers=workers, **web_options()
        )
        BoundedProcesses(uvicorn_config, sockets=[listener]).run()
        return
    claim = cpu_affinity.pin_to_free_cpu("web")  # before any thread starts, because threads inherit the affinity
    with suppress(KeyboardInterrupt):  # uvicorn raises it again after it has shut down
        server_config = uvicorn.Config(_create_app(), **web_options())
        BoundedServer(server_config, stop_seconds, on_stop).run(sockets=[listener])
    if claim is not None:
        claim.close()


def create_child_app() -> Any:
    """Create the application in one of several web processes (uvicorn calls this)."""
    start_process_logging()
    supervisor = multiprocessing.parent_process()
    if supervisor is not None and supervisor.pid is not None:
        exit_with_parent(supervisor.pid)
    cpu_claims.append(cpu_affinity.pin_to_free_cpu("web"))
    return _create_app()


def _create_app() -> Any:
    start_tracing()
    app = create_app()
    start_metrics()
    switch_threads_sooner()
    freeze_loaded_objects()
    return app
