"""Waits for requests that another thread has sent to reach the hub."""

import time

from tests.client import Client

TOKENS_PER_MINUTE = 600


def wait_until_received(api: Client, spent: int) -> None:
    """Wait until another thread's request has spent a rate-limit token.

    `spent` is the number of tokens that the caller knows of; each poll of this function spends one more.
    """
    remaining = TOKENS_PER_MINUTE - spent
    while int(api.get("/me").headers["X-RateLimit-Remaining"]) >= (remaining := remaining - 1):
        assert remaining > 0
        time.sleep(0.01)
