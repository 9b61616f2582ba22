"""kill -9 of the web process, twenty times, while it takes orders."""

import random

from models.accounts.integration import Integration
from tests.cast import Cast
from tests.journeys.killing import kill_while_ordering

KILLS = 20


def test_twenty_kills_leave_no_order_incomplete(cast: Cast, rng: random.Random) -> None:
    Integration.update(rate_limit=100_000).execute()
    completed = [kill_while_ordering(cast, rng) for _ in range(KILLS)]
    assert any(completed), "no order was complete before its kill"
    assert not all(count == max(completed) for count in completed), "every kill came after the same number of orders"
