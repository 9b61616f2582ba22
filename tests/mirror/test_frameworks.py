"""Adapters of the web frameworks: what the hub gets for genuine, forged, repeated, large and failing deliveries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests
from watchtraderhub.mirror.mirror import MAX_BODY_BYTES

from tests.cast import Cast
from tests.mirror.conftest import Capture
from tests.mirror.frameworks import FRAMEWORKS
from tests.mirror.small_shop import SmallShop

Post = Callable[..., requests.Response]


@pytest.fixture(params=FRAMEWORKS)
def post(request: pytest.FixtureRequest, shop: SmallShop, captured: Capture) -> Iterator[Post]:
    """Post to the webhooks of a started shop on each framework."""
    with shop.mirror() as mirror:
        mirror.start()
        with contextmanager(FRAMEWORKS[request.param])(shop, mirror) as url:
            yield lambda body, headers=None: requests.post(url, data=body, headers=headers, timeout=30)


def test_genuine_deliveries_take_effect_once(post: Post, shop: SmallShop, cast: Cast, captured: Capture) -> None:
    watch = cast.owner.listing(model="Œuvre")
    [delivery] = captured()
    for _ in range(2):
        response = post(delivery.body, delivery.headers)
        assert (response.status_code, response.text) == (200, "The event has taken effect.")
    assert (shop.applied, shop.prices) == ([1], {watch.id: 6250.5})


def test_forged_delivery_gets_400(post: Post, shop: SmallShop, cast: Cast, captured: Capture) -> None:
    cast.owner.listing()
    [delivery] = captured()
    response = post(delivery.body + b" ", delivery.headers)
    assert response.status_code == 400
    assert "Check the secret" in response.text
    assert post(b"{}").status_code == 400
    assert shop.applied == []


def test_large_body_gets_413(post: Post) -> None:
    assert post(b" " * (MAX_BODY_BYTES + 1)).status_code == 413
    assert post(iter([b"{}"])).status_code == 413  # without Content-Length


def test_failing_handler_gets_500_and_the_retry_succeeds(
    post: Post, shop: SmallShop, cast: Cast, captured: Capture
) -> None:
    shop.data.run("INSERT INTO applied (sequence) VALUES (1)")  # the handler inserts the same key
    cast.owner.listing()
    [delivery] = captured()
    failed = post(delivery.body, delivery.headers)
    assert failed.status_code == 500
    assert "applied" not in failed.text
    shop.data.run("DELETE FROM applied")
    assert post(delivery.body, delivery.headers).status_code == 200
    assert shop.applied == [1]


def test_gap_is_filled(post: Post, shop: SmallShop, cast: Cast, captured: Capture) -> None:
    cast.owner.listings(2)
    delivery = captured()[-1]
    assert post(delivery.body, delivery.headers).status_code == 200
    assert shop.applied == [1, 2]


def test_only_post_is_allowed(post: Post) -> None:
    url = str(post(b"").url)
    assert requests.get(url, timeout=10).status_code == 405
