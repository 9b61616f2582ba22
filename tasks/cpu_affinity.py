"""One processor for each process of a hub: its threads share one interpreter, and moving between processors costs them
half of their speed or more.
"""

import fcntl
import os
from typing import IO, Literal

import config

Kind = Literal["web", "worker"]


def pin_to_free_cpu(kind: Kind) -> IO[str] | None:
    """Keeps this process on a processor that no other of its kind has; web processes begin with the first, workers
    with the last. The file is the claim while it is open.

    None, and nothing changes, where there is one processor, none free, a system that knows no affinity, or
    WTH_PIN_PROCESSES is 0.
    """
    if not hasattr(os, "sched_setaffinity") or not config.PIN_PROCESSES:
        return None
    allowed = sorted(os.sched_getaffinity(0), reverse=kind == "worker")
    for number in allowed if len(allowed) > 1 else ():
        claim = (config.DATA_DIR / f"{kind}-{number}.lock").open("w")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            claim.close()
            continue
        os.sched_setaffinity(0, {number})
        return claim
    return None
