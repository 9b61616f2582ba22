"""kill -9 of the worker, twenty times, during two thousand deliveries; the queue is lost after every tenth kill.

In flight at a kill are the requests without a response and the unwritten results. An attempt of more than 50 ms hands
its turn on, so on a busy machine a kill may find more requests than turns. The results are in two batches: the one
being written and the next one. Both numbers depend on the machine, so the test bounds them over all kills: one request
per turn, and one result per turn in each batch.
"""

import random
import time

from tests.crash.campaign import MAX_DELAY_SECONDS, Campaign, KillReport, delete_queue
from tests.journeys.processes import end, eventually, running, start
from tests.receiver import Receiver

THREADS = 8
KILLS = 20
MAX_UNWRITTEN_SECONDS = 2
QUEUE_LOST_EVERY = 10  # kills, the last one included


def test_twenty_kills_in_two_thousand_deliveries_lose_nothing(receiver: Receiver, rng: random.Random) -> None:
    campaign = Campaign(receiver, dealers=20, edits=20)
    reports = []
    for number in range(KILLS):
        reports.append(_kill(campaign, rng))
        if (number + 1) % QUEUE_LOST_EVERY == 0:
            delete_queue()
    lost_at = time.monotonic()
    with running("worker", "--threads", str(THREADS)):
        eventually(campaign.is_over, MAX_DELAY_SECONDS)
    print(*reports, sep="\n")
    assert sum(report.without_response for report in reports) <= KILLS * THREADS
    assert sum(report.unwritten for report in reports) <= KILLS * THREADS * 2
    assert max(report.oldest_seconds for report in reports) < MAX_UNWRITTEN_SECONDS
    print(campaign.check())
    print(f"{time.monotonic() - lost_at:.0f} s after the last loss of the queue everything had arrived")


def _kill(campaign: Campaign, rng: random.Random) -> KillReport:
    worker = start("worker", "--threads", str(THREADS))
    try:
        campaign.wait_for_more(rng.randint(1, 100))
        time.sleep(rng.uniform(0, 0.05))  # a kill at any point of an attempt
        assert not campaign.is_over()
        return campaign.kill(worker)
    finally:
        end(worker)
