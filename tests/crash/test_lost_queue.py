"""The queue is wiped or deleted while deliveries run: nothing is lost, the delay is a lease at most."""

import time

from tests.crash.campaign import LONGEST_DELAY, Campaign, delete_queue, wipe_queue
from tests.journeys.processes import eventually, running
from tests.receiver import Receiver


def test_queue_wiped_under_a_running_worker_loses_nothing(receiver: Receiver) -> None:
    campaign = Campaign(receiver, dealers=10, edits=20)
    with running("worker", "--threads", "8"):
        for _ in range(3):
            campaign.wait_for_more(100)
            wipe_queue()
        wiped_at = time.monotonic()
        eventually(campaign.is_over, LONGEST_DELAY)
    print(campaign.check())
    print(f"{time.monotonic() - wiped_at:.0f} s after the last wipe everything had arrived")


def test_queue_gone_between_two_workers_loses_nothing(receiver: Receiver) -> None:
    campaign = Campaign(receiver, dealers=10, edits=20)
    with running("worker", "--threads", "8") as worker:
        campaign.wait_for_more(200)
        print(campaign.kill(worker))
    delete_queue()
    gone_at = time.monotonic()
    with running("worker", "--threads", "8"):
        eventually(campaign.is_over, LONGEST_DELAY)
    print(campaign.check())
    print(f"{time.monotonic() - gone_at:.0f} s after the loss everything had arrived")
