"""kill -9 of the worker, twenty times, while two thousand deliveries run."""

import random
import time

from tests.crash.campaign import Campaign
from tests.journeys.processes import end, eventually, kill, running, start
from tests.receiver import Receiver

THREADS = 8
MOST_UNWRITTEN = 100  # results are written together; each of those lost is sent again
KILLS = 20


def test_twenty_kills_in_two_thousand_deliveries_lose_nothing(receiver: Receiver) -> None:
    dice = random.Random(20260508)  # noqa: S311 - which instants, not a secret
    campaign = Campaign(receiver, dealers=20, edits=20)
    for number in range(KILLS):
        worker = start("worker", "--threads", str(THREADS))
        try:
            campaign.wait_for_more(dice.randint(1, 140))
            time.sleep(dice.uniform(0, 0.05))  # the instant is the experiment
            kill(worker.pid)
        finally:
            end(worker)
        time.sleep(0.1)  # what was on its way to the receiver has arrived
        lost = campaign.note_unrecorded()
        assert lost <= MOST_UNWRITTEN, f"kill {number}: {lost} results were not yet written"
    with running("worker", "--threads", str(THREADS)):
        eventually(campaign.is_over, 150)
    print(campaign.check())
