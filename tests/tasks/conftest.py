"""Fixtures for delivery tests: a watch, an endpoint with a pending delivery, and time that passes on demand."""

from collections.abc import Callable

import pytest

from models.delivery.endpoint import Endpoint
from models.listing import Listing
from tests.cast import Cast
from tests.conftest import Clock
from tests.receiver import Receiver
from tests.tasks.traffic import edit

Later = Callable[[float], None]  # seconds


@pytest.fixture
def watch(cast: Cast) -> Listing:
    """A published watch of the owner."""
    return cast.owner.listing()


@pytest.fixture
def idle_endpoint(cast: Cast, receiver: Receiver, watch: Listing) -> Endpoint:
    """An endpoint without deliveries, registered after the watch was published."""
    return cast.owner.endpoint(receiver.url)[0]


@pytest.fixture
def endpoint(idle_endpoint: Endpoint, cast: Cast, watch: Listing) -> Endpoint:
    """An endpoint with one pending delivery: an edit of the watch, price 100."""
    edit(cast.owner, watch, 100)
    return idle_endpoint


@pytest.fixture
def later(clock: Clock, deliver: Callable[[], None]) -> Later:
    """`later(seconds)`: that time passes, then the worker sends what is due."""

    def pass_time(seconds: float) -> None:
        clock.forward(seconds)
        deliver()

    return pass_time
