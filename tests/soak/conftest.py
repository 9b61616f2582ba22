"""`make soak` runs it for ten minutes, and `make check` for half a minute on PostgreSQL and Redis."""

import os
import random

import pytest

SECONDS = float(os.environ.get("WTH_TEST_SOAK_SECONDS", "30"))


@pytest.fixture
def rng() -> random.Random:
    """Random choices of the load: the same in each run, unless WTH_TEST_SEED is set."""
    return random.Random(int(os.environ.get("WTH_TEST_SEED", "20260508")))  # noqa: S311 - not a secret
