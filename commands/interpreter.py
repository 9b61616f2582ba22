"""Interpreter settings: keep one thread from delaying the others."""

import gc
import sys

# A thread that waits for I/O needs the GIL again for each response of the database. While another one computes, such as
# the preview of an import, it waits this long each time. CPython's default of 5 ms made an order of 20 statements take
# over a second beside a preview.
SWITCH_SECONDS = 0.001


def switch_threads_sooner() -> None:
    """Let threads that wait for the GIL have it after SWITCH_SECONDS."""
    sys.setswitchinterval(SWITCH_SECONDS)


def freeze_loaded_objects() -> None:
    """Exclude all objects that exist now from garbage collection.

    Modules and the application live as long as the process. Each full collection would scan them again, for a tenth of
    a second, while all threads wait.
    """
    gc.collect()
    gc.freeze()
