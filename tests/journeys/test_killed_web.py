"""A web process killed between request and answer leaves an order whole, or nothing of it."""

import random

from models.accounts.integration import Integration
from tests.cast import Cast
from tests.journeys.killing import kill_while_ordering


def test_killed_web_process_leaves_orders_whole_or_not_at_all_and_repeating_makes_one(cast: Cast) -> None:
    Integration.update(rate_limit=10_000).execute()
    dice = random.Random(20260508)  # noqa: S311 - which instant, not a secret
    for _ in range(2):
        kill_while_ordering(cast, dice)
