"""Connections of a web process: as many as its open files allow."""

import config
from contract.connection_limits import ConnectionLimits

RESERVED_FILES = 200  # database connections, queue, log, libraries
FILES_PER_CONNECTION = 2  # the socket, and the temporary file of an upload
MAX_BACKLOG = 2048  # connections that wait to be accepted, as uvicorn's default


def backlog(files: int) -> int:
    """Return how many connections may wait to be accepted.

    The server accepts all of them at once.
    """
    return min(MAX_BACKLOG, files // 4)


def connection_limits(files: int) -> ConnectionLimits:
    """Limit connections so that a process that may open `files` files has enough."""
    affordable = max(1, (files - RESERVED_FILES - backlog(files)) // FILES_PER_CONNECTION)
    return ConnectionLimits(
        total=min(config.WEB_CONNECTIONS, affordable),
        per_client=config.CONNECTIONS_PER_ADDRESS,
        trusted=config.TRUSTED_PROXIES,
    )
