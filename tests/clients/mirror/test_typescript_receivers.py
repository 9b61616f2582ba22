"""The receivers of the TypeScript mirror in real frameworks: status for each delivery, and limits of the body."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from tests.clients.mirror.conftest import Stage
from tests.clients.mirror.node_shop import NodeShop, signed_headers
from tests.ports import free_port
from tests.worker import work_off

pytestmark = pytest.mark.parametrize("shop_database", ["node:sqlite"], indirect=True)
FRAMEWORKS = ("express", "fastify", "node:http")
LIMIT_BYTES = 1024 * 1024


@pytest.fixture(params=FRAMEWORKS)
def shop(request: pytest.FixtureRequest, stage: Stage) -> Iterator[NodeShop]:
    with stage.open(request.param) as running:
        yield running


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_worker_delivers_to_each_framework(stage: Stage, framework: str) -> None:
    port = free_port()
    _, secret = stage.cast.owner.endpoint(f"http://127.0.0.1:{port}/webhooks")
    with replace(stage, secret=secret).open(framework, port=port):
        stage.cast.owner.listings(3)
        work_off()
        stage.check_equal()
        stage.check_applied()


def test_a_forged_delivery_is_a_400(stage: Stage, shop: NodeShop) -> None:
    [delivered] = stage.deliveries(stage.cast.owner.listing)
    response = shop.send(delivered, body=delivered.body.replace(b"Omega", b"Rolex"))
    assert (response.status_code, response.text.split(".")[0]) == (400, "No v1 signature matches")
    assert requests.post(shop.url, data=b"", timeout=10).status_code == 400
    assert stage.database.applied == []
    assert shop.send(delivered).status_code == 200


def test_a_huge_body_is_a_413(stage: Stage, shop: NodeShop) -> None:
    [delivered] = stage.deliveries(stage.cast.owner.listing)
    assert shop.send(delivered, body=b" " * LIMIT_BYTES).status_code == 400
    assert shop.send(delivered, body=b" " * (LIMIT_BYTES + 1)).status_code == 413
    chunks = (b" " * LIMIT_BYTES for _ in range(2))  # without Content-Length
    response = requests.post(shop.url, data=chunks, headers=signed_headers(delivered), timeout=10)
    assert response.status_code == 413
    assert shop.send(delivered).status_code == 200


def test_other_routes_of_fastify_keep_their_parser(stage: Stage) -> None:
    with stage.open("fastify") as shop:
        response = requests.post(shop.url.replace("webhooks", "json"), json={"a": 1}, timeout=10)
        assert response.json() == {"a": 1}


def test_a_body_that_express_parsed_first_names_the_remedy(stage: Stage) -> None:
    [delivered] = stage.deliveries(stage.cast.owner.listing)
    with stage.open("express", PARSES_FIRST="1") as shop:
        response = shop.send(delivered)
    assert response.status_code == 500
    assert "Register this route before express.json()" in response.text
