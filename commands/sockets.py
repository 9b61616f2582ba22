"""Sockets of web processes, bound before a hub starts anything else."""

import errno
import socket
import time
from contextlib import suppress

from errors import Refusal

LISTEN_SECONDS = 10.0

# The options that choose another port and another address.
WEB_NAMES = ("--port, or PORT=… make run", "--host or WTH_HOST")
METRICS_NAMES = ("WTH_METRICS_PORT", "WTH_METRICS_HOST")


def bind(host: str, port: int, *, is_shared: bool = False) -> socket.socket:
    """Bind a TCP socket that web processes can inherit.

    It does not listen yet, so that early connections fail instead of waiting for the web server. Several processes can
    bind a shared port, which is that of the metrics. Raises `cannot_listen`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if is_shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        names = METRICS_NAMES if is_shared else WEB_NAMES
        raise Refusal("cannot_listen", _message(host, port, error, *names)) from None
    listener.set_inheritable(True)  # `wth web --workers` passes it to child processes
    return listener


def require_free_port(port: int) -> None:
    """Raise `cannot_listen` if the port is in use on this machine, or over 65535."""
    if port > 65535:
        raise Refusal("cannot_listen", "The demo receiver uses the next port, so --port must be at most 65534.")
    bind("127.0.0.1", port).close()


def wait_for_listener(port: int) -> None:
    """Wait for a child process to listen on a port, LISTEN_SECONDS at most."""
    deadline = time.monotonic() + LISTEN_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=LISTEN_SECONDS):
            return
        time.sleep(0.05)


def _message(host: str, port: int, error: OSError, port_names: str, host_names: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is already in use. Stop that process, or choose another port ({port_names})."
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"{host!r} is not an address of this machine. Choose another with {host_names}."
    return f"Cannot listen on port {port} of {host}: {error.strerror}."
