"""Retry schedule: ten attempts over about three days, with jitter and Retry-After."""
# ruff: noqa: S311 - jitter needs no secrecy, and seeds make it repeatable

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.schedule import DELAYS, MAX_ATTEMPTS, blocks_order, next_delay, parse_retry_after

NOW = datetime(2026, 5, 8, 8, 41, 33, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

failed_attempts = st.integers(1, MAX_ATTEMPTS - 1)
delays = st.timedeltas(timedelta(0), timedelta(days=30))
rngs = st.integers().map(random.Random)


def delay_after(attempt: int, *, rng: random.Random, retry_after: timedelta | None = None) -> timedelta:
    """`next_delay` after an attempt that is not the last."""
    delay = next_delay(attempt, rng=rng, retry_after=retry_after)
    assert delay is not None
    return delay


def test_there_are_ten_attempts_over_about_three_days() -> None:
    assert MAX_ATTEMPTS == len(DELAYS) == 10
    assert sum(DELAYS, timedelta(0)) == timedelta(hours=75, minutes=35, seconds=5)


def test_the_first_attempt_is_made_at_once() -> None:
    assert DELAYS[0] == timedelta(0)


@pytest.mark.parametrize(
    ("attempt", "nominal"),
    [
        (1, timedelta(seconds=5)),
        (2, 5 * MINUTE),
        (3, 30 * MINUTE),
        (4, 2 * HOUR),
        (5, 5 * HOUR),
        (6, 10 * HOUR),
        (7, 14 * HOUR),
        (8, 20 * HOUR),
        (9, 24 * HOUR),
    ],
)
def test_delay_after_each_attempt_has_ten_percent_jitter(attempt: int, nominal: timedelta) -> None:
    rng = random.Random(20260508)
    delays = [delay_after(attempt, rng=rng) for _ in range(500)]
    assert nominal * 0.9 <= min(delays) < nominal * 0.92
    assert nominal * 1.08 < max(delays) <= nominal * 1.1


@pytest.mark.parametrize("attempt", [10, 11, 99])
def test_nothing_follows_the_last_attempt(attempt: int) -> None:
    assert next_delay(attempt, rng=random.Random(1), retry_after=HOUR) is None


def test_attempts_count_from_one() -> None:
    with pytest.raises(ValueError, match="numbered from 1"):
        next_delay(0, rng=random.Random(1))


@given(attempt=failed_attempts, rng=rngs, header=delays)
def test_retry_after_only_lengthens_the_delay_to_24_hours_at_most(
    attempt: int, rng: random.Random, header: timedelta
) -> None:
    state = rng.getstate()
    usual = delay_after(attempt, rng=rng)
    rng.setstate(state)
    assert next_delay(attempt, rng=rng, retry_after=header) == max(usual, min(header, 24 * HOUR))


@given(attempt=failed_attempts, seed=st.integers())
def test_same_seed_gives_the_same_delay(attempt: int, seed: int) -> None:
    assert next_delay(attempt, rng=random.Random(seed)) == next_delay(attempt, rng=random.Random(seed))


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", 2 * MINUTE),
        (" 120\t", 2 * MINUTE),
        ("0", timedelta(0)),
        ("007", timedelta(seconds=7)),
        ("86400", 24 * HOUR),
        ("999999999999999999999", 24 * HOUR),
        ("Fri, 08 May 2026 08:46:33 GMT", 5 * MINUTE),
        ("Friday, 08-May-26 08:46:33 GMT", 5 * MINUTE),
        ("Fri May  8 08:46:33 2026", 5 * MINUTE),
        ("Fri, 08 May 2026 08:41:33 GMT", timedelta(0)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 24 * HOUR),
    ],
)
def test_retry_after_is_parsed_as_seconds_or_as_a_date(status: int, value: str, wait: timedelta) -> None:
    assert parse_retry_after(status, [value], now=NOW) == wait


@pytest.mark.parametrize(
    "value",
    [
        "",
        "-5",
        "+5",
        "1.5",
        "1e3",
        "0x10",
        "٣",
        "soon",
        "120 seconds",
        "Fri, 08 May 2026 08:41:32 GMT",
        "Fri, 32 May 2026 08:41:33 GMT",
        "Fri, 08 May 2026",
        "Fri, 08 May 2026 08:46:33 +99999999999999999999",
        "9" * 5000,
    ],
)
def test_retry_after_that_is_invalid_or_has_passed_is_none(value: str) -> None:
    assert parse_retry_after(503, [value], now=NOW) is None


def test_no_retry_after_is_none() -> None:
    assert parse_retry_after(503, [], now=NOW) is None


@pytest.mark.parametrize(
    ("values", "wait"),
    [
        (["120", "3600", "60"], HOUR),
        (["soon", "120", "Fri, 08 May 2026 08:41:32 GMT"], 2 * MINUTE),
        (["120", "Fri, 08 May 2026 08:46:33 GMT"], 5 * MINUTE),
        (["120, 3600"], HOUR),
        (["120,Fri, 08 May 2026 09:41:33 GMT, 60"], HOUR),
        (["Friday, 08-May-26 08:46:33 GMT, Fri May  8 09:41:33 2026"], HOUR),
    ],
)
def test_longest_retry_after_counts(values: list[str], wait: timedelta) -> None:
    assert parse_retry_after(429, values, now=NOW) == wait


@pytest.mark.parametrize("status", [None, 200, 301, 400, 404, 500, 502, 504])
def test_retry_after_of_other_statuses_is_ignored(status: int | None) -> None:
    assert parse_retry_after(status, ["120"], now=NOW) is None


@given(st.text(max_size=50) | st.binary(max_size=50).map(lambda raw: raw.decode("latin-1")))
def test_no_retry_after_raises(value: str) -> None:
    wait = parse_retry_after(429, [value], now=NOW)
    assert wait is None or timedelta(0) <= wait <= 24 * HOUR


@given(st.timedeltas(timedelta(0), timedelta(days=2_000_000)))
def test_dates_in_the_future_are_waited_for(distance: timedelta) -> None:
    moment = (NOW + distance).replace(microsecond=0)
    wait = parse_retry_after(503, [format_datetime(moment, usegmt=True)], now=NOW)
    assert wait == min(moment - NOW, 24 * HOUR)


@given(attempt=st.sampled_from([1, 2]), rng=rngs)
def test_later_deliveries_stay_queued_during_the_two_quick_retries(attempt: int, rng: random.Random) -> None:
    assert blocks_order(attempt, delay_after(attempt, rng=rng))


@given(attempt=st.integers(3, MAX_ATTEMPTS - 1), rng=rngs)
def test_later_deliveries_overtake_during_the_slow_retries(attempt: int, rng: random.Random) -> None:
    assert not blocks_order(attempt, delay_after(attempt, rng=rng))


@pytest.mark.parametrize(
    ("header", "is_blocking"), [(5 * MINUTE, True), (timedelta(minutes=5, seconds=31), False), (HOUR, False)]
)
def test_later_deliveries_overtake_during_a_long_retry_after(header: timedelta, is_blocking: bool) -> None:
    delay = delay_after(1, rng=random.Random(7), retry_after=header)
    assert blocks_order(1, delay) is is_blocking


def test_nothing_waits_for_a_failed_delivery() -> None:
    assert not blocks_order(MAX_ATTEMPTS, timedelta(0))
