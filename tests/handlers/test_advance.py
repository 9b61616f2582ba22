"""POST /test/deliveries/advance: the test clock over the API."""

from collections.abc import Callable
from typing import Any

import pytest

import config
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.ping import send_ping
from tests.cast import Cast, Person
from tests.client import Client, error_of

PATH = "/test/deliveries/advance"
Deliver = Callable[[], None]


def failing_endpoint(person: Person, mode: str = "test") -> Endpoint:
    endpoint, _ = person.endpoint(f"{config.PUBLIC_URL}/test/receivers/500", mode=mode)
    return endpoint


def due_times(person: Person) -> dict[str, int]:
    return {row.id: row.due_at for row in Delivery.of(person.dealer)}


def advance(api: Client, **body: Any) -> list[dict[str, Any]]:
    response = api.post(PATH, body)
    assert (response.status_code, response.json()["has_more"]) == (200, False)
    data: list[dict[str, Any]] = response.json()["data"]
    return data


def test_ten_attempts_pass_without_waiting(api: Client, cast: Cast, deliver: Deliver) -> None:
    failing_endpoint(cast.owner)
    event = api.post("/test/webhook_ping").json()["id"]
    deliver()
    for attempts in range(1, 10):
        assert [delivery["attempts"] for delivery in api.post(PATH).json()["data"]] == [attempts]
        deliver()
    assert api.get(f"/events/{event}").json()["deliveries"][0]["state"] == "failed"
    assert advance(api) == []


@pytest.fixture
def waiting(cast: Cast, deliver: Deliver) -> list[Delivery]:
    """Two deliveries that wait for a retry, to two endpoints."""
    for _ in range(2):
        failing_endpoint(cast.owner)
    send_ping(cast.owner.actor(), None)
    deliver()
    return list(Delivery.of(cast.owner.dealer).order_by(Delivery.created_at, Delivery.id))


def test_filters_select_deliveries(api: Client, waiting: list[Delivery]) -> None:
    first, second = waiting
    assert [row["id"] for row in advance(api, delivery_id=first.id)] == [first.id]
    assert Delivery.get_by_id(second.id).due_at == second.due_at
    assert advance(api, delivery_id=first.id) == []  # it is due already
    assert advance(api, delivery_id=second.id, endpoint_id=first.endpoint.id) == []
    assert [row["id"] for row in advance(api, endpoint_id=second.endpoint.id, delivery_id=None)] == [second.id]


def test_all_waiting_deliveries_advance(api: Client, waiting: list[Delivery]) -> None:
    assert [row["id"] for row in advance(api)] == [delivery.id for delivery in waiting]


def test_rest_of_many_deliveries_is_announced(
    api: Client, waiting: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.delivery.advance.MAX_ADVANCED", 1)
    pages = [api.post(PATH).json() for _ in range(3)]
    assert [[row["id"] for row in page["data"]] for page in pages] == [[waiting[0].id], [waiting[1].id], []]
    assert [page["has_more"] for page in pages] == [True, False, False]


def test_foreign_and_live_deliveries_keep_their_schedule(
    api: Client, cast: Cast, waiting: list[Delivery], deliver: Deliver
) -> None:
    failing_endpoint(cast.stranger)
    send_ping(cast.stranger.actor(), None)
    deliver()
    Delivery.update(is_test=False).where(Delivery.id == waiting[0].id).execute()
    foreign, own = due_times(cast.stranger), due_times(cast.owner)
    for delivery in (waiting[0], Delivery.get(Delivery.dealer == cast.stranger.dealer)):
        assert advance(api, delivery_id=delivery.id) == []
        assert advance(api, endpoint_id=delivery.endpoint.id) == []
    assert [row["id"] for row in advance(api)] == [waiting[1].id]
    assert due_times(cast.stranger) == foreign
    assert due_times(cast.owner)[waiting[0].id] == own[waiting[0].id]


def test_live_key_is_rejected(live_api: Client) -> None:
    assert error_of(live_api.post(PATH)) == (403, "test_key_required", None)
