"""On PostgreSQL, the database's clock is the clock of all machines, whatever their own say."""

import time

import pytest

import config
from models import clock as hub_clock
from models.clock import DAY_MS, format_rfc3339
from tests.client import Client


@pytest.mark.skipif(config.is_sqlite(), reason="SQLite has no clock of its own")
@pytest.mark.parametrize("ahead_seconds", [3600, -86_400])
def test_wrong_clock_of_a_machine_does_not_reach_its_records(
    api: Client, monkeypatch: pytest.MonkeyPatch, ahead_seconds: int
) -> None:
    real_time = time.time
    assert api.get("/me").status_code == 200
    monkeypatch.setattr(time, "time", lambda: real_time() + ahead_seconds)
    customer = api.post("/customers", {"email": "anna@shop.example"}).json()
    monkeypatch.undo()
    at = int(real_time() * 1000)
    assert format_rfc3339(at - 60_000) < customer["created_at"] < format_rfc3339(at + 60_000)


def test_delay_of_the_network_does_not_move_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_clock, "_database_offset", None)
    timer = [100.0]
    monkeypatch.setattr(hub_clock, "read_timer", lambda: timer[0])
    hub_clock.follow_database(5000.0, 99.9, 100.1)
    assert hub_clock.read_clock() == pytest.approx(5000.0)
    timer[0] = 110.0
    hub_clock.follow_database(5010.4, 109.0, 111.0)  # a slow response, consistent with the clock
    assert hub_clock.read_clock() == pytest.approx(5010.0)
    hub_clock.follow_database(5010.0 + DAY_MS / 1000, 109.9, 110.1)  # the database's clock was set
    assert hub_clock.read_clock() == pytest.approx(5010.0 + DAY_MS / 1000, abs=0.2)
