"""Fixtures of the mirror: a shop with a database of its own, and deliveries that it has not seen yet."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cast import Cast
from tests.hub import Server
from tests.mirror.small_shop import ServedShop, ShopDatabase, SmallShop
from tests.receiver import Delivered, Receiver

Capture = Callable[[], list[Delivered]]


@pytest.fixture
def shop(server: Server, cast: Cast, tmp_path: Path) -> Iterator[SmallShop]:
    """The owner's shop; its database is on PostgreSQL if that of the hub is."""
    database = ShopDatabase(tmp_path)
    yield SmallShop(database, server.site, cast.owner.test_key)
    database.drop()


@pytest.fixture
def captured(shop: SmallShop, cast: Cast, receiver: Receiver, deliver: Callable[[], None]) -> Capture:
    """`captured()`: the deliveries of all events since, which the network lost on their way to the shop."""
    _, shop.secret = cast.owner.endpoint(receiver.url)

    def capture() -> list[Delivered]:
        deliver()
        return sorted(receiver.deliveries, key=lambda delivered: delivered.event["sequence"])

    return capture


@pytest.fixture
def served(shop: SmallShop, captured: Capture) -> Iterator[ServedShop]:
    """The shop after its first start, when the hub had no events."""
    with shop.mirror() as mirror:
        mirror.start()
        with ServedShop(shop, mirror) as running:
            yield running
