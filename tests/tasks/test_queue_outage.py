"""The queue is unavailable or hangs: writes are not delayed, nothing is lost, and the log stays short."""

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huey import Huey, crontab

from models.outages import CircuitBreaker, OutageLog
from tasks.queues import guarded, redis
from tasks.queues.guarded import QueueUnavailable
from tasks.queues.huey_queues import default_queue, periodic_queue
from tasks.queues.redis import GuardedRedisStorage
from tasks.queues.sqlite import GuardedSqliteStorage
from tasks.worker import QueueConsumer
from tests.cast import Cast
from tests.client import Client
from tests.proxy import Proxy
from tests.receiver import Receiver
from tests.worker import send_due, write_results

NOTHING_LISTENS = "redis://127.0.0.1:1/0"
THREADS = 8


@pytest.fixture(autouse=True)
def own_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    """An outage of the test's own, with short timeouts; the queue of the other tests stays available."""
    monkeypatch.setattr(guarded, "outage", OutageLog(logging.getLogger("wth.queue"), "Queue", "the sweep sends."))
    monkeypatch.setattr(guarded, "breaker", CircuitBreaker(0.3))
    monkeypatch.setattr(guarded, "READ_SECONDS", 0.05)
    monkeypatch.setattr(redis, "CALL_SECONDS", 0.2)


@pytest.fixture
def silent_redis() -> Iterator[str]:
    """The URL of a server that accepts connections and never responds."""
    with Proxy("127.0.0.1", 1) as proxy:
        proxy.hang()
        yield f"redis://127.0.0.1:{proxy.port}/0"


def seconds_of(call: Callable[[], object]) -> float:
    started_at = time.monotonic()
    call()
    return time.monotonic() - started_at


def test_queue_that_hangs_delays_one_write_and_none_after_it(
    api: Client, cast: Cast, receiver: Receiver, silent_redis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.owner.endpoint(receiver.url)
    watches = cast.owner.listings(3)
    monkeypatch.setattr(guarded, "breaker", CircuitBreaker(60))
    monkeypatch.setattr(redis, "CALL_SECONDS", 0.6)
    monkeypatch.setattr(default_queue, "storage", GuardedRedisStorage("wth-first", url=silent_redis))
    seconds = [seconds_of(lambda watch=watch: api.order(watch.id).raise_for_status()) for watch in watches]  # type: ignore[misc] # mypy infers no type for a lambda with a default
    assert seconds[0] > redis.CALL_SECONDS > max(seconds[1:])
    monkeypatch.undo()


def test_call_after_a_failed_one_fails_at_once_and_a_later_one_is_sent(silent_redis: str) -> None:
    storage = GuardedRedisStorage("wth-first", url=silent_redis)
    for expected in (True, False):
        started_at = time.monotonic()
        with pytest.raises(QueueUnavailable):
            storage.queue_size()
        assert (time.monotonic() - started_at > 0.1) == expected


def test_idle_worker_logs_an_outage_of_redis_once(caplog: pytest.LogCaptureFixture) -> None:
    _run_consumer(Huey("wth-first", storage_class=GuardedRedisStorage, url=NOTHING_LISTENS, results=False))
    assert [record.name for record in caplog.records] == ["wth.queue"]
    assert "Connection refused" in caplog.text


def test_idle_worker_logs_an_unusable_queue_file_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "queue"
    queue = Huey("wth-first", storage_class=GuardedSqliteStorage, filename=f"{folder}/queue.db", results=False)
    shutil.rmtree(folder)
    folder.touch()
    _run_consumer(queue)
    assert [record.name for record in caplog.records] == ["wth.queue"]


def test_deliveries_are_sent_while_the_queue_is_unavailable(
    cast: Cast, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.owner.endpoint(receiver.url)
    cast.owner.listing()
    for queue in (default_queue, periodic_queue):
        monkeypatch.setattr(queue, "storage", GuardedRedisStorage(queue.name, url=NOTHING_LISTENS))
    send_due()
    write_results()
    assert receiver.events == ["listing.published"]


def test_message_that_was_taken_before_an_outage_is_executed() -> None:
    queue = Huey("wth-first", storage_class=GuardedRedisStorage, url=NOTHING_LISTENS, results=False)
    executed: list[str] = []
    wake = queue.task()(executed.append)
    queue.execute(wake.s("dealer"))
    assert executed == ["dealer"]


def _run_consumer(queue: Huey) -> None:
    queue.periodic_task(crontab(minute="*"), name="job")(lambda: None)
    consumer = QueueConsumer(queue, workers=THREADS, periodic=True, max_delay=0.05)
    consumer.start()
    time.sleep(0.3)
    consumer.stop(graceful=True)
