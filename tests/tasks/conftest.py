"""Time for the delivery tests: it passes when they say so, and what is due then goes out."""

from collections.abc import Callable

import pytest


@pytest.fixture
def later(clock, deliver) -> Callable[[float], None]:
    """`later(seconds)`: that time passes, then the worker sends what is due."""

    def pass_time(seconds: float) -> None:
        clock.forward(seconds)
        deliver()

    return pass_time
