"""Unavailable rate-limit storage: `service_unavailable`, and nothing is written."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import config
from models.customer import Customer
from tests.cast import Cast
from tests.client import Client, error_of
from tests.hub import serve_app

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


def test_file_is_damaged(cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(config, "QUEUE_URL", f"sqlite://{tmp_path}/queue.db")
    monkeypatch.setattr(config, "WEB_WORKERS", 2)
    with serve_app() as server:
        with closing(sqlite3.connect(tmp_path / "counters.db")) as other:
            other.execute("DROP TABLE entry")
        assert_unavailable(cast, server.url)
