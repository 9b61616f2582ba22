"""A web process killed between request and response leaves a complete order, or none."""

import random

from models.accounts.integration import Integration
from tests.cast import Cast
from tests.journeys.killing import kill_while_ordering


def test_killed_web_process_leaves_complete_orders_or_none_and_a_retry_creates_each_once(cast: Cast) -> None:
    Integration.update(rate_limit=10_000).execute()
    rng = random.Random(20260508)  # noqa: S311 - chooses moments, no secrets
    for _ in range(2):
        kill_while_ordering(cast, rng)
