"""CPU affinity: pins each process to a core of its own.

The GIL makes it expensive for threads to migrate between cores.
"""

import fcntl
import os
from typing import IO, Literal

import config

Kind = Literal["web", "worker"]


def pin_to_free_cpu(kind: Kind) -> IO[str] | None:
    """Pin this process to a core that no other process of its kind is pinned to.

    Web processes take cores from the first up, workers from the last down. The returned file holds the claim while it
    is open. Returns None and changes nothing if the machine has a single core or no free one, if the system has no
    support for it, or if WTH_PIN_PROCESSES is 0.
    """
    if not hasattr(os, "sched_setaffinity") or not config.PIN_PROCESSES:
        return None
    cpus = sorted(os.sched_getaffinity(0), reverse=kind == "worker")
    for cpu in cpus if len(cpus) > 1 else ():
        claim = config.open_lock_file(config.DATA_DIR / f"{kind}-{cpu}.lock")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            claim.close()
            continue
        os.sched_setaffinity(0, {cpu})
        return claim
    return None
