"""A live worker's heartbeat, and a hub of its own for each test: its checks share their results for a second."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from prometheus_client import values

from models.delivery.worker_heartbeat import WorkerHeartbeat
from tasks.heartbeat import Heartbeat
from tests.cast import Cast
from tests.hub import Server, serve_app
from tests.journeys.processes import eventually
from tests.monitoring.measured_hub import MeasuredHub


@pytest.fixture(scope="session", autouse=True)
def closed_files() -> Iterator[None]:
    """Close the files of the instruments, which processes of the hub keep open until they end."""
    yield
    if "monitoring.shared_values" in sys.modules:
        values.ValueClass.close_all_files()
        sys.modules["monitoring.shared_values"].slot.close()


@pytest.fixture
def worker_heartbeat() -> Iterator[Heartbeat]:
    """The heartbeat of a worker, in a thread of this process."""
    heartbeat = Heartbeat()
    heartbeat.start(lambda: None)
    eventually(lambda: bool(WorkerHeartbeat.read()))
    yield heartbeat
    heartbeat.stop(has_claims=False)


@pytest.fixture
def hub_processes(tmp_path_factory: pytest.TempPathFactory, cast: Cast) -> Iterator[MeasuredHub]:
    """Two web processes and a worker that are measured."""
    with ExitStack() as stack:
        yield MeasuredHub(stack, str(tmp_path_factory.mktemp("metrics")))


@pytest.fixture
def hub() -> Iterator[Server]:
    with serve_app() as server:
        yield server
