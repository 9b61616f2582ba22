"""Endpoints whose name server is slow or does not respond: other dealers do not notice."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import config
from models.delivery.endpoint import Endpoint
from tests.cast import Cast
from tests.client import Client
from tests.dashboard.browser import Browser, Page
from webhooks import name_lookup

SLOW = "hooks.slow-names.example.com"
FIELDS = {"url": f"https://{SLOW}/in", "mode": "both", "events": "*"}
ENDPOINTS = "/channels/custom/endpoints"


@pytest.fixture
def released(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Production rules for addresses; lookups of SLOW hang until the event is set, then find a private address."""
    monkeypatch.setattr(config, "ALLOW_PRIVATE_WEBHOOKS", False)
    event, default = threading.Event(), socket.getaddrinfo

    def look_up(host: Any, *values: Any, **options: Any) -> Any:
        if host != SLOW:
            return default(host, *values, **options)
        event.wait(10)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield event
    event.set()


def test_slow_name_server_holds_no_lock(
    owner: Browser, cast: Cast, stranger_api: Client, released: threading.Event
) -> None:
    token = owner.csrf_token()
    with ThreadPoolExecutor(6) as clients:
        forms = [clients.submit(owner.post, f"{ENDPOINTS}/new", FIELDS, token=token) for _ in range(6)]
        time.sleep(0.2)
        started = time.monotonic()
        assert stranger_api.post("/customers", {"email": "buyer@shop.example"}).status_code == 201
        assert time.monotonic() - started < 1
        assert not any(form.done() for form in forms)
        released.set()
    assert {form.result().status_code for form in forms} == {422}
    assert "not public" in Page(forms[0].result().text).text
    assert not Endpoint.of(cast.owner.dealer).count()


def test_name_that_is_not_found_in_time_is_saved_and_checked_again_at_each_attempt(
    owner: Browser, cast: Cast, released: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_lookup, "TIMEOUT_SECONDS", 0.1)
    assert owner.post(f"{ENDPOINTS}/new", FIELDS).status_code == 200
    assert [endpoint.url for endpoint in Endpoint.of(cast.owner.dealer)] == [FIELDS["url"]]
    assert not released.is_set()


def test_changed_url_is_looked_up_outside_the_transaction(
    owner: Browser, cast: Cast, stranger_api: Client, released: threading.Event
) -> None:
    endpoint, _ = Endpoint.register(cast.owner.dealer, "https://shop.example.com/in")
    released.set()
    page = owner.post(f"{ENDPOINTS}/{endpoint.id}", FIELDS)
    assert page.status_code == 422
    assert "not public" in Page(page.text).text
