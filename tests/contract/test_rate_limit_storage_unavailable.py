"""Unavailable rate-limit storage: `service_unavailable`, and nothing is written."""

import logging
import time
from pathlib import Path

import pytest

import config
from contract import rate_limit_redis
from contract.rate_limit_storage import SqliteStorage
from models.customer import Customer
from models.outages import OutageLog
from tests.cast import Cast
from tests.client import Client, error_of
from tests.damage import write_garbage
from tests.hub import serve_app
from tests.proxy import Proxy

UNAVAILABLE = (503, "service_unavailable", None)


def assert_unavailable(cast: Cast, url: str) -> None:
    for key in (cast.owner.test_key, "wth_" + "0" * 32):
        response = Client(url, key).get("/me")
        assert error_of(response) == UNAVAILABLE
        assert response.headers["Retry-After"] == "2"
    assert error_of(Client(url, cast.owner.test_key).post("/customers", {"email": "anna@shop.example"})) == UNAVAILABLE
    assert not Customer.select().exists()
    assert Client(url, None).get("/health").status_code == 200


def test_redis_is_unavailable(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "QUEUE_URL", "redis://127.0.0.1:1/0")
    with serve_app() as server:
        assert_unavailable(cast, server.url)


def test_redis_that_hangs_holds_one_request_and_none_after_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit_redis, "CALL_SECONDS", 0.2)
    monkeypatch.setattr(rate_limit_redis, "SKIP_SECONDS", 30)
    with Proxy("127.0.0.1", 1) as proxy:
        proxy.hang()
        monkeypatch.setattr(config, "QUEUE_URL", f"redis://127.0.0.1:{proxy.port}/0")
        with serve_app() as server:
            seconds = []
            for _ in range(3):
                started_at = time.monotonic()
                assert error_of(Client(server.url, cast.owner.test_key).get("/me")) == UNAVAILABLE
                seconds.append(time.monotonic() - started_at)
    assert seconds[0] < 1.5
    assert max(seconds[1:]) < 0.2


def test_outage_is_logged_once(cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    outage = OutageLog(logging.getLogger("wth.rate_limits"), "Rate-limit storage", "API requests get 503.")
    monkeypatch.setattr("contract.errors.outage", outage)
    monkeypatch.setattr(config, "QUEUE_URL", "redis://127.0.0.1:1/0")
    with serve_app() as server:
        for _ in range(20):
            assert Client(server.url, cast.owner.test_key).get("/me").status_code == 503
    assert len(caplog.records) == 1


def test_damaged_file_is_set_aside_and_requests_are_counted_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(config, "QUEUE_URL", f"sqlite://{tmp_path}/queue.db")
    monkeypatch.setattr(config, "WEB_WORKERS", 2)
    with serve_app() as server:
        shop = Client(server.url, cast.owner.test_key)
        assert [remaining_tokens(shop), remaining_tokens(shop)] == [599, 598]
        write_garbage(tmp_path / "counters.db")
        SqliteStorage(tmp_path / "counters.db").connection.close()
        assert [remaining_tokens(shop), remaining_tokens(shop)] == [599, 598]


def remaining_tokens(shop: Client) -> int:
    return int(shop.get("/me").headers["X-RateLimit-Remaining"])
