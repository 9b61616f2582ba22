"""The API request log of a web process that stops or is killed."""

import signal

from models.delivery.event import Event
from tests.cast import Cast
from tests.client import Client
from tests.journeys.processes import serving
from tests.ports import free_port
from tests.request_log import requests_of


def send_order_and_signal(cast: Cast, number: int, **settings: str) -> None:
    """Place an order, and send the signal to the hub at once."""
    watch = cast.owner.listing()
    with serving("web", port=free_port(), **settings) as (web, server):
        assert Client(server.url, cast.owner.test_key).order(watch.id).status_code == 201
        web.send_signal(number)
        web.wait(20)


def test_stopped_process_has_written_its_last_requests(cast: Cast) -> None:
    send_order_and_signal(cast, signal.SIGTERM)
    assert [request.operation for request in requests_of(cast.owner)] == ["createOrder"]


def test_killed_process_loses_requests_of_a_second_and_no_event(cast: Cast) -> None:
    send_order_and_signal(cast, signal.SIGKILL)
    assert len(requests_of(cast.owner)) <= 1
    assert Event.select().where(Event.type == "order.received").count() == 1
    send_order_and_signal(cast, signal.SIGTERM)
    assert requests_of(cast.owner)[-1].status == 201


def test_operator_can_switch_the_log_off(cast: Cast) -> None:
    send_order_and_signal(cast, signal.SIGTERM, WTH_REQUEST_LOG_MIB="0")
    assert requests_of(cast.owner) == []
