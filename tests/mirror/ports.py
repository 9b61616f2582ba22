"""Ports that stay free while a killed process is started again."""

import random
import socket
from contextlib import suppress

# Below the range that Linux gives to connections and to servers on port 0 (net.ipv4.ip_local_port_range): no other
# program takes such a port between a kill and the next start.
RANGE = range(20000, 32000)


def stable_port() -> int:
    """Return an unused port on loopback, at random."""
    for port in random.SystemRandom().sample(RANGE, 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError("100 ports in a row are in use.")
