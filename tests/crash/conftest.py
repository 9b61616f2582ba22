"""Crash tests take minutes: `make crash` runs them, the ordinary suite does not."""

import os
import random
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture
def rng() -> random.Random:
    """Random times of the kills: the same in each run, unless WTH_TEST_SEED is set."""
    return random.Random(int(os.environ.get("WTH_TEST_SEED", "20260508")))  # noqa: S311 - not a secret


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.crash)
