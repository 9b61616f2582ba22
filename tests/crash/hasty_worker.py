"""`wth worker` with short waits between tries: 5 s become 17 ms, 5 min a second, all longer ones six seconds.

Leases, time-outs and the clock stay real: nothing but the waiting is shorter.
"""

from datetime import timedelta

from commands.serve import worker
from webhooks import schedule

HASTE = 300
LONGEST = timedelta(seconds=6)


def make_haste() -> None:
    schedule.DELAYS = tuple(min(delay / HASTE, LONGEST) for delay in schedule.DELAYS)
    schedule.MAX_BLOCKING_DELAY /= HASTE


if __name__ == "__main__":
    make_haste()
    worker()
