"""Ports that stay free until a server starts, and while a killed one starts again."""

import itertools
import os
import socket
from contextlib import suppress

# Below the range that Linux gives to connections and to servers on port 0 (net.ipv4.ip_local_port_range): no other
# program takes such a port between a kill and the next start.
RANGE = range(20000, 32000)
# Each test process starts elsewhere and uses no port twice: a port is in use seconds before its server listens.
_numbers = itertools.count(os.getpid() * 613)


def free_port() -> int:
    """Return an unused port on loopback."""
    for number in itertools.islice(_numbers, 100):
        port = RANGE[number % len(RANGE)]
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError("100 ports in a row are in use.")


def two_free_ports() -> int:
    """Return an unused port whose successor is unused too."""
    first, second = free_port(), free_port()
    while second != first + 1:
        first, second = second, free_port()
    return first
