"""The queue is wiped or deleted while deliveries run: nothing is lost, the delay is a lease at most."""

import time

import config
from models.dispatch import LEASE_MS
from tasks import queue
from tasks.sweep import EVERY_SECONDS
from tests.crash.campaign import Campaign
from tests.journeys.processes import eventually, running
from tests.receiver import Receiver

LONGEST_DELAY = LEASE_MS / 1000 + EVERY_SECONDS + 10  # and what the deliveries themselves take


def test_queue_wiped_under_a_running_worker_loses_nothing(receiver: Receiver) -> None:
    campaign = Campaign(receiver, dealers=10, edits=20)
    with running("worker", "--threads", "8"):
        for _ in range(3):
            campaign.wait_for_more(100)
            for lane in (queue.first, queue.late):
                lane.storage.flush_all()
        wiped_at = time.monotonic()
        eventually(campaign.is_over, LONGEST_DELAY)
    campaign.check()
    print(f"{time.monotonic() - wiped_at:.0f} s after the last wipe everything had arrived")


def test_queue_gone_between_two_workers_loses_nothing(receiver: Receiver) -> None:
    campaign = Campaign(receiver, dealers=10, edits=20)
    with running("worker", "--threads", "8"):
        campaign.wait_for_more(200)
    campaign.note_unrecorded()
    for lane in (queue.first, queue.late):
        lane.storage.flush_all()
    if config.QUEUE_URL.startswith("sqlite"):
        for suffix in ("", "-wal", "-shm"):
            path = config.sqlite_path(config.QUEUE_URL)
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    with running("worker", "--threads", "8"):
        eventually(campaign.is_over, LONGEST_DELAY)
    campaign.check()
    for lane in (queue.first, queue.late):
        lane.storage.close()  # the next test opens the new file
