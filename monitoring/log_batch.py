"""Log lines in batches: rendered and written together.

A line for each request would otherwise cost a tenth of a short request. These lines are not searched for secrets: their
fields are numbers, names from the spec and ids of the hub, and never text of a client or a receiver.
"""

import sys
from collections.abc import Iterable

from monitoring.log_pipeline import render_line
from telemetry.log_context import LogFields

Line = tuple[float, str, LogFields]  # its time in seconds, message and fields


def write_batch(logger: str, batch: Iterable[Line]) -> None:
    """Write lines of the level info. A broken standard error never fails a request."""
    lines = [render_line(at, "info", logger, message, fields) for at, message, fields in batch]
    try:
        sys.stderr.buffer.write(b"".join(lines))
        sys.stderr.buffer.flush()
    except (OSError, ValueError):  # as the handlers of the standard library do
        return
