"""The network between hub and shop: it drops, loses, repeats, delays and reorders deliveries by a seed."""

import random
import threading
import time
from collections import Counter
from contextlib import suppress

import requests

from tests.receiver import Delivered

# What happens to a delivery, with its weight.
OUTCOMES = {
    "passed": 35,
    "dropped": 15,  # it does not arrive, and the hub gets an error
    "lost": 15,  # it does not arrive, and the hub gets 200: the shop never sees it again
    "unconfirmed": 10,  # it arrives, and the hub gets an error
    "repeated": 10,
    "delayed": 10,
    "postponed": 10,  # the hub gets 200, and the delivery arrives after later ones
}
MAX_DELAY_SECONDS = 0.3
MAX_POSTPONEMENT_SECONDS = 1.0
UNAVAILABLE = 503


class LossyNetwork:
    """Forwards deliveries to the shop at `url`. The outcome of each attempt follows from the seed."""

    def __init__(self, seed: int, url: str) -> None:
        self.is_lossy = True
        self.counts: Counter[str] = Counter()
        self._seed, self._url = seed, url

    def __call__(self, delivered: Delivered) -> int:
        rng = self._rng(delivered)
        outcome = rng.choices(list(OUTCOMES), list(OUTCOMES.values()))[0] if self.is_lossy else "passed"
        self.counts[outcome] += 1
        if outcome == "dropped":
            return UNAVAILABLE
        if outcome == "lost":
            return 200
        if outcome == "postponed":
            delay = rng.uniform(0, MAX_POSTPONEMENT_SECONDS)
            threading.Timer(delay, self._forward, [delivered]).start()
            return 200
        if outcome == "delayed":
            time.sleep(rng.uniform(0, MAX_DELAY_SECONDS))
        if outcome == "repeated":
            self._forward(delivered)
        status = self._forward(delivered)
        return UNAVAILABLE if outcome == "unconfirmed" else status

    def _rng(self, delivered: Delivered) -> random.Random:
        attempt = delivered.headers["WTH-Delivery-Attempt"]
        return random.Random(f"{self._seed} {delivered.event['sequence']} {attempt}")  # noqa: S311 - not a secret

    def _forward(self, delivered: Delivered) -> int:
        with suppress(requests.RequestException):  # the shop is killed
            return requests.post(self._url, data=delivered.body, headers=delivered.headers, timeout=20).status_code
        return UNAVAILABLE
