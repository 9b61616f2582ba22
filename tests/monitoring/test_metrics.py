"""Metrics of a web process: requests, rejections, and the state of the deliveries in the database."""

from collections.abc import Callable, Iterator

import pytest
import requests

import config
from models.database import db
from models.delivery import claims
from models.delivery.endpoint import Endpoint
from monitoring import hub_collector
from tasks.heartbeat import Heartbeat
from tests.cast import Cast
from tests.client import Client
from tests.conftest import Clock
from tests.hub import Server, serve_app
from tests.monitoring.scraping import TOKEN, Scrape, increase, scrape
from tests.receiver import Receiver
from tests.tasks.traffic import edit

REQUESTS = "wth_http_requests_total"


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A hub that serves /metrics with a token, and reads the database for every scrape."""
    monkeypatch.setattr(config, "METRICS_TOKEN", TOKEN)
    monkeypatch.setattr(hub_collector, "SHARED_SECONDS", 0.0)
    with serve_app() as server:
        yield server


def read(server: Server) -> Scrape:
    return scrape(f"{server.site}/metrics")


def test_metrics_are_not_served_without_a_token(hub: Server) -> None:
    assert requests.get(f"{hub.site}/metrics", timeout=10).status_code == 404


@pytest.mark.parametrize("value", [None, "", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \xff"])
def test_another_token_is_rejected(measured: Server, value: str | None) -> None:
    headers = {} if value is None else {"Authorization": value}
    response = requests.get(f"{measured.site}/metrics", headers=headers, timeout=10)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")
    assert "wth_" not in response.text


def test_requests_count_by_operation_and_status(measured: Server, cast: Cast) -> None:
    api = Client(measured.url, cast.owner.test_key)
    watch = cast.owner.listing()

    def act() -> None:
        assert api.get("/me").status_code == 200
        assert api.order(watch.id).status_code == 201
        assert api.get("/orders/ord_missing").status_code == 404
        assert Client(measured.url, None).get("/me").status_code == 401
        assert api.get("/nowhere").status_code == 404
        requests.get(f"{measured.site}/docs", timeout=20)
        requests.get(f"{measured.site}/sign-in", timeout=10)

    rise = increase(f"{measured.site}/metrics", act)
    requests_by_labels = {labels: value for (name, labels), value in rise.values.items() if name == REQUESTS and value}
    counts = {
        (dict(labels)["operation"], dict(labels)["status"]): value for labels, value in requests_by_labels.items()
    }
    assert counts == {
        ("getMe", "200"): 1,
        ("createOrder", "201"): 1,
        ("getOrder", "404"): 1,
        ("getMe", "401"): 1,
        ("api", "404"): 1,
        ("docs", "200"): 1,
        ("dashboard", "200"): 1,
    }
    assert rise.value("wth_http_request_duration_seconds_count", operation="getMe") == 2
    assert 0 < rise.value("wth_http_request_duration_seconds_sum", operation="createOrder") < 10


def test_rejections_by_the_rate_limit_count(measured: Server, cast: Cast) -> None:
    api = Client(measured.url, cast.owner.test_key)
    db.execute_sql("UPDATE integration SET rate_limit = 1")

    def act() -> None:
        assert [api.get("/me").status_code for _ in range(3)] == [200, 429, 429]

    rise = increase(f"{measured.site}/metrics", act)
    assert rise.value("wth_rate_limit_rejections_total", code="too_many_requests") == 2


def test_backlog_is_that_of_enabled_endpoints(measured: Server, cast: Cast, clock: Clock) -> None:
    first, _ = cast.owner.endpoint("http://127.0.0.1:9/first")
    second, _ = cast.owner.endpoint("http://127.0.0.1:9/second")
    watch = cast.owner.listing()
    clock.forward(60)
    edit(cast.owner, watch, 100)
    clock.forward(40)
    result = read(measured)
    assert result.value("wth_pending_deliveries", state="pending") == 2
    assert result.value("wth_pending_deliveries", state="queued") == 2
    assert result.value("wth_oldest_undelivered_event_age_seconds") == pytest.approx(100, abs=2)
    assert result.value("wth_delivery_delay_seconds") == pytest.approx(100, abs=2)
    assert result.value("wth_endpoints", state="healthy") == 2
    Endpoint.update(is_enabled=False).where(Endpoint.id == first.id).execute()
    Endpoint.update(consecutive_failures=1).where(Endpoint.id == second.id).execute()
    result = read(measured)
    assert [result.value("wth_endpoints", state=state) for state in ("healthy", "failing", "disabled")] == [0, 1, 1]
    Endpoint.update(is_enabled=False).execute()
    result = read(measured)
    assert result.value("wth_oldest_undelivered_event_age_seconds") == 0
    assert result.value("wth_delivery_delay_seconds") == 0


def test_retry_is_as_old_as_its_event_and_not_late(
    measured: Server, cast: Cast, clock: Clock, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    receiver.respond = lambda _: 500
    cast.owner.endpoint(receiver.url)
    cast.owner.listing()
    deliver()
    clock.forward(3)
    result = read(measured)
    assert result.value("wth_oldest_undelivered_event_age_seconds") == pytest.approx(3, abs=1)
    assert result.value("wth_delivery_delay_seconds") == 0
    assert result.value("wth_endpoints", state="failing") == 1


def test_delivery_that_is_being_sent_counts(measured: Server, cast: Cast, clock: Clock) -> None:
    cast.owner.endpoint("http://127.0.0.1:9/")
    cast.owner.listing()
    clock.forward(20)
    assert claims.claim_for_dealers([cast.owner.dealer.id])
    result = read(measured)
    assert result.value("wth_pending_deliveries", state="sending") == 1
    assert result.value("wth_oldest_undelivered_event_age_seconds") == pytest.approx(20, abs=2)


def test_unavailable_database_is_reported(measured: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(measured).value("wth_database_up") == 1

    def fail(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(db, "execute_sql", fail)
    result = read(measured)
    assert ("wth_database_up", frozenset()) in result.values
    assert result.value("wth_database_up") == 0
    assert "wth_pending_deliveries" not in result.names
    assert "wth_deliveries_total" in result.names


def test_live_workers_count(measured: Server, worker_heartbeat: Heartbeat) -> None:
    assert read(measured).value("wth_workers") == 1


def test_build_is_described(measured: Server) -> None:
    [labels] = [dict(labels) for name, labels in read(measured).values if name == "wth_build_info"]
    assert labels["version"] == "1.0.0"
    assert labels["database"] == ("sqlite" if config.is_sqlite() else "postgresql")


def test_labels_have_few_values(measured: Server, cast: Cast) -> None:
    for number in range(20):
        requests.get(f"{measured.url}/orders/ord_{number}", timeout=10)
        requests.request("BREW", f"{measured.site}/{number}", timeout=10)
    names = {name for _, labels in read(measured).values for name, _ in labels}
    assert names <= {"operation", "status", "code", "result", "state", "le", "version", "python", "database"}
    operations = {dict(labels).get("operation", "") for _, labels in read(measured).values}
    assert operations <= {"", "api", "docs", "dashboard", "getMe", "createOrder", "getOrder"}
