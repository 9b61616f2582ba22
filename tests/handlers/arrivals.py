"""Requests that are known to have arrived, because their tokens are spent."""

import time

from tests.client import Client


def until_it_waits(api: Client, spent: int) -> None:
    """Until the integration has spent a token more than the caller of this knows of."""
    remaining = 600 - spent
    while int(api.get("/me").headers["X-RateLimit-Remaining"]) >= (remaining := remaining - 1):
        assert remaining > 0
        time.sleep(0.01)
