"""Claims of this worker, which tell those that were committed unnoticed."""

import threading
from collections.abc import Iterable

from models.delivery.attempt_request import AttemptRequest

Claim = tuple[str, int]  # delivery and generation


class HeldClaims:
    """Claims whose results are not written yet.

    Each method may be called from any thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claims: set[Claim] = set()

    def add(self, requests: Iterable[AttemptRequest]) -> None:
        with self._lock:
            self._claims.update(map(_claim_of, requests))

    def discard(self, requests: Iterable[AttemptRequest]) -> None:
        with self._lock:
            self._claims.difference_update(map(_claim_of, requests))

    def copy(self) -> frozenset[Claim]:
        with self._lock:
            return frozenset(self._claims)


def _claim_of(request: AttemptRequest) -> Claim:
    return request.delivery_id, request.generation
