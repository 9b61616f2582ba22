"""One processor for each worker process: its threads share one interpreter, and moving between processors costs them
up to half of their speed.
"""

import fcntl
import os
from typing import IO

import config


def take_one() -> IO[str] | None:
    """Keeps this process on a processor that no other worker of this hub has. The file is the claim while it is open.

    None, and nothing changes, where there is one processor, none free, or a system that knows no affinity.
    """
    if not hasattr(os, "sched_setaffinity"):
        return None
    allowed = sorted(os.sched_getaffinity(0), reverse=True)
    for number in allowed if len(allowed) > 1 else ():
        claim = (config.DATA_DIR / f"worker-{number}.lock").open("w")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            claim.close()
            continue
        os.sched_setaffinity(0, {number})
        return claim
    return None
