"""Schemathesis on the running hub: all checks, all phases, at least 2,000 cases."""

from tests.fuzz import MIN_CASES, fuzz


def test_schemathesis_finds_nothing() -> None:
    assert fuzz(max_examples=55, seed=20260507, min_cases=MIN_CASES) == 0
