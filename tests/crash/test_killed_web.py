"""kill -9 of the web process, twenty times, while it takes orders."""

import random

from models.accounts.integration import Integration
from tests.cast import Cast
from tests.journeys.killing import kill_while_ordering

KILLS = 20


def test_twenty_kills_leave_every_order_whole_or_not_at_all(cast: Cast, dice: random.Random) -> None:
    Integration.update(rate_limit=100_000).execute()
    whole = [kill_while_ordering(cast, dice) for _ in range(KILLS)]
    assert any(whole), "no order was through before its kill"
    assert not all(count == max(whole) for count in whole), "every kill came at the same place"
