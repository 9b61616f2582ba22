"""`wth worker` with short delays between attempts: 5 s become 17 ms, 5 min a second, all longer ones six seconds.

Leases, timeouts and the clock stay real.
"""

from datetime import timedelta

from commands.serve import worker
from webhooks import schedule

SPEED = 300
MAX_DELAY = timedelta(seconds=6)


def shorten_delays() -> None:
    schedule.DELAYS = tuple(min(delay / SPEED, MAX_DELAY) for delay in schedule.DELAYS)
    schedule.MAX_BLOCKING_DELAY /= SPEED


if __name__ == "__main__":
    shorten_delays()
    worker()
