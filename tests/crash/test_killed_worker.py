"""kill -9 of the worker, twenty times, while two thousand deliveries run; the queue is lost after every tenth kill.

In flight at a kill are the requests without an answer, one per thread at most, and the answers that were not yet
written. Those are in two batches, the one that is being written and the one that piles up meanwhile; how many depends
on how long a write takes, so they are bounded over all kills, by an answer per thread in each of the two.
"""

import random
import time

from tests.crash.campaign import LONGEST_DELAY, Campaign, Caught, delete_queue
from tests.journeys.processes import end, eventually, running, start
from tests.receiver import Receiver

THREADS = 8
KILLS = 20
WRITTEN_WITHIN_SECONDS = 2
WIPED_EVERY = 10  # the last kill among them


def test_twenty_kills_in_two_thousand_deliveries_lose_nothing(receiver: Receiver, dice: random.Random) -> None:
    campaign = Campaign(receiver, dealers=20, edits=20)
    caught = []
    for number in range(KILLS):
        caught.append(_kill(campaign, dice))
        if (number + 1) % WIPED_EVERY == 0:
            delete_queue()
    wiped_at = time.monotonic()
    with running("worker", "--threads", str(THREADS)):
        eventually(campaign.is_over, LONGEST_DELAY)
    print(*caught, sep="\n")
    assert max(one.unanswered for one in caught) <= THREADS
    assert sum(one.unwritten for one in caught) <= KILLS * THREADS * 2
    assert max(one.oldest for one in caught) < WRITTEN_WITHIN_SECONDS
    print(campaign.check())
    print(f"{time.monotonic() - wiped_at:.0f} s after the last wipe everything had arrived")


def _kill(campaign: Campaign, dice: random.Random) -> Caught:
    worker = start("worker", "--threads", str(THREADS))
    try:
        campaign.wait_for_more(dice.randint(1, 100))
        time.sleep(dice.uniform(0, 0.05))  # the instant is the experiment
        assert not campaign.is_over()
        return campaign.kill(worker)
    finally:
        end(worker)
