"""The sockets of web processes, bound before anything else is begun."""

import errno
import socket

from errors import Refusal


def bind(host: str, port: int) -> socket.socket:
    """Not listening yet: until the web server does, callers are refused and not kept waiting.

    Raises `cannot_listen` with the reason, such as a port that is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    own = socket.socket(family, socket.SOCK_STREAM)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        own.bind((host, port))
    except OSError as fault:
        own.close()
        raise Refusal("cannot_listen", _reason(host, port, fault)) from None
    own.set_inheritable(True)  # for web processes that are started with it
    return own


def refuse_taken(port: int) -> None:
    """Raises `cannot_listen` when another process of this machine listens there."""
    if port > 65535:
        raise Refusal("cannot_listen", "The demo's receiver takes the port after this one: choose a lower one.")
    bind("127.0.0.1", port).close()


def _reason(host: str, port: int, fault: OSError) -> str:
    if fault.errno == errno.EADDRINUSE:
        return (
            f"Something listens on port {port} already; stop it, or choose another port (--port, or make run PORT=…)."
        )
    if isinstance(fault, socket.gaierror) or fault.errno == errno.EADDRNOTAVAIL:
        return f"{host!r} is no address of this machine; choose another with --host or WTH_HOST."
    return f"Listening on port {port} of {host} is not possible: {fault.strerror}."
