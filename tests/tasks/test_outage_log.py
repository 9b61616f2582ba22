"""An outage costs few log lines: one at its start, further ones at growing intervals, one at its end."""

import logging
from collections.abc import Iterator

import pytest

from models import outages
from models.outages import CircuitBreaker, OutageLog

OUTAGE_SECONDS = 60


class Timer:
    """A monotonic clock that tests move forward."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def timer(monkeypatch: pytest.MonkeyPatch) -> Timer:
    timer = Timer()
    monkeypatch.setattr(outages, "monotonic", timer)
    return timer


@pytest.fixture
def outage(caplog: pytest.LogCaptureFixture) -> Iterator[OutageLog]:
    with caplog.at_level(logging.WARNING, "wth.queue"):
        yield OutageLog(logging.getLogger("wth.queue"), "Queue", "the sweep sends what is due.")


def test_outage_of_a_minute_costs_seven_lines_and_one_at_its_end(
    outage: OutageLog, timer: Timer, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(OUTAGE_SECONDS * 64):
        outage.record_failure(ConnectionError("Connection\nrefused"))
        timer.seconds += 1 / 64
    outage.record_success()
    outage.record_success()
    lines = caplog.messages
    assert lines[0] == "Queue is unavailable; the sweep sends what is due. error=Connection refused"
    assert len(lines) == 7
    assert [line.split()[4] for line in lines[1:-1]] == [f"seconds={seconds}" for seconds in (1, 3, 7, 15, 31)]
    assert lines[-1] == "Queue is available again. seconds=60 failures=3840"


def test_dependency_that_fails_now_and_then_does_not_fill_the_log(
    outage: OutageLog, timer: Timer, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(OUTAGE_SECONDS * 10):
        outage.record_failure("timed out")
        outage.record_success()
        timer.seconds += 1 / 10
    assert len(caplog.messages) == 12


def test_outage_after_a_quiet_minute_is_logged_at_once(
    outage: OutageLog, timer: Timer, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        outage.record_failure("timed out")
        outage.record_success()
        timer.seconds += 65
    assert len(caplog.messages) == 4


def test_success_without_an_outage_logs_nothing(outage: OutageLog, caplog: pytest.LogCaptureFixture) -> None:
    outage.record_success()
    assert caplog.messages == []


def test_one_caller_at_a_time_probes_an_open_breaker(timer: Timer) -> None:
    breaker = CircuitBreaker(2)
    assert breaker.allows()
    breaker.open()
    assert not breaker.allows()
    timer.seconds += 2
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.close()
    assert [breaker.allows(), breaker.allows()] == [True, True]
