"""A live worker's heartbeat, and a hub of its own for each test: its checks share their results for a second."""

from collections.abc import Iterator

import pytest

from models.delivery.worker_heartbeat import WorkerHeartbeat
from tasks.heartbeat import Heartbeat
from tests.hub import Server, serve_app
from tests.journeys.processes import eventually


@pytest.fixture
def worker_heartbeat() -> Iterator[Heartbeat]:
    """The heartbeat of a worker, in a thread of this process."""
    heartbeat = Heartbeat()
    heartbeat.start(lambda: None)
    eventually(lambda: bool(WorkerHeartbeat.read()))
    yield heartbeat
    heartbeat.stop(has_claims=False)


@pytest.fixture
def hub() -> Iterator[Server]:
    with serve_app() as server:
        yield server
