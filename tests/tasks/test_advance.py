"""The test clock: skipping to the next retry of a test delivery."""

from collections.abc import Callable

import pytest

import config
from errors import NotFound, Refusal
from models.delivery.attempt import Attempt
from models.delivery.delivery import Delivery
from models.delivery.ping import send_ping
from tests.cast import Cast
from tests.commands.conftest import Wth, wth  # noqa: F401 - a fixture

Deliver = Callable[[], None]


@pytest.fixture
def delivery(cast: Cast, deliver: Deliver) -> Delivery:
    """A test delivery that waits for its first retry."""
    cast.owner.endpoint(f"{config.PUBLIC_URL}/test/receivers/500", mode="test")
    send_ping(cast.owner.actor(), None)
    deliver()
    row: Delivery = Delivery.get(Delivery.dealer == cast.owner.dealer)
    return row


def test_ten_attempts_pass_without_waiting(delivery: Delivery, deliver: Deliver) -> None:
    for _ in range(9):
        delivery.advance()
        deliver()
    assert Delivery.get_by_id(delivery.id).state == "failed"
    attempts = Attempt.of(delivery)
    assert [attempt.number for attempt in attempts] == list(range(1, 11))
    assert {attempt.trigger for attempt in attempts} == {"automatic"}
    with pytest.raises(Refusal) as caught:
        delivery.advance()
    assert caught.value.code == "delivery_not_waiting"


def test_live_delivery_keeps_its_schedule(delivery: Delivery) -> None:
    Delivery.update(is_test=False).execute()
    before = Delivery.get_by_id(delivery.id).due_at
    with pytest.raises(NotFound):
        delivery.advance()
    assert Delivery.get_by_id(delivery.id).due_at == before


def test_command_skips_to_the_next_retry(wth: Wth, delivery: Delivery, deliver: Deliver) -> None:  # noqa: F811 - the fixture
    assert wth("deliveries", "advance", delivery.id).status == 0
    deliver()
    assert Delivery.get_by_id(delivery.id).attempts == 2
