"""The queue is emptied or deleted during deliveries: nothing is lost, the delay is a few seconds."""

import time

from tests.crash.campaign import MAX_DELAY_SECONDS, Campaign, delete_queue, wipe_queue
from tests.journeys.processes import eventually, running
from tests.receiver import Receiver


def test_emptying_the_queue_of_a_running_worker_loses_nothing(receiver: Receiver) -> None:
    campaign = Campaign(receiver, dealers=10, edits=20)
    with running("worker", "--threads", "8"):
        for _ in range(3):
            campaign.wait_for_more(100)
            wipe_queue()
        lost_at = time.monotonic()
        eventually(campaign.is_over, MAX_DELAY_SECONDS)
    print(campaign.check())
    print(f"{time.monotonic() - lost_at:.0f} s after the last loss everything had arrived")


def test_deleting_the_queue_between_two_workers_loses_nothing(receiver: Receiver) -> None:
    campaign = Campaign(receiver, dealers=10, edits=20)
    with running("worker", "--threads", "8") as worker:
        campaign.wait_for_more(200)
        print(campaign.kill(worker))
    delete_queue()
    lost_at = time.monotonic()
    with running("worker", "--threads", "8"):
        eventually(campaign.is_over, MAX_DELAY_SECONDS)
    print(campaign.check())
    print(f"{time.monotonic() - lost_at:.0f} s after the loss everything had arrived")
