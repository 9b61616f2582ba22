"""Web server: uvicorn in this process, or in several that share a socket."""

import multiprocessing
import socket
from contextlib import suppress
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from app import create_app
from commands.file_limit import backlog, connection_limits, raise_file_limit
from commands.logs import start_logging
from commands.supervisor import exit_with_parent
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


def run_web(listener: socket.socket, *, workers: int) -> None:
    """Serve on a bound socket until a signal ends this process.

    `workers` is the number of processes.
    """
    if workers > 1:
        uvicorn_config = uvicorn.Config(
            "commands.web_server:create_child_app", factory=True, workers=workers, **web_options()
        )
        Multiprocess(uvicorn_config, sockets=[listener]).run()
        return
    claim = cpu_affinity.pin_to_free_cpu("web")  # before any thread starts, because threads inherit the affinity
    with suppress(KeyboardInterrupt):  # uvicorn raises it again after it has shut down
        uvicorn.Server(uvicorn.Config(create_app(), **web_options())).run(sockets=[listener])
    if claim is not None:
        claim.close()


def create_child_app() -> Any:
    """Create the application in one of several web processes (uvicorn calls this)."""
    start_logging()
    supervisor = multiprocessing.parent_process()
    if supervisor is not None and supervisor.pid is not None:
        exit_with_parent(supervisor.pid)
    cpu_claims.append(cpu_affinity.pin_to_free_cpu("web"))
    return create_app()
