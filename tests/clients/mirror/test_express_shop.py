"""The Express example shop, installed and started with the commands of its page."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

import config
from models.order import Order
from tests.clients import tools
from tests.clients.mirror import express_shop, node_shop
from tests.clients.mirror.conftest import Stage
from tests.clients.mirror.express_shop import CALLS, SOURCE, START
from tests.ports import free_port
from tests.worker import work_off

MAX_LINES = 200


@pytest.fixture(scope="session")
def installed() -> Path:
    """The folder of the shop in a copy of the repository."""
    return express_shop.install()


@dataclass
class ShopSite:
    """The running shop and the hub behind it."""

    stage: Stage
    url: str

    def call(self, **words: str) -> list[str]:
        """Run the calls of the page; returns their responses."""
        text = CALLS.replace("http://localhost:3000", self.url)
        for word, value in words.items():
            text = text.replace(word, value)
        done = tools.run(["bash", "-ec", text.replace("\ncurl", "\necho; curl")], config.ROOT)
        assert done.returncode == 0, done.stdout
        return done.stdout.splitlines()

    def check_equal(self) -> None:
        """Compare the shop's table with the published listings of the hub."""
        rows = self.stage.api.list_all("/listings", published="true")
        hub = {(row["id"], row["status"], float(row["asking_price_eur"])) for row in rows}
        assert self.stage.database.listings == hub


@contextmanager
def start_shop(stage: Stage, folder: Path) -> Iterator[ShopSite]:
    """Start the shop as its page says, with an endpoint of the hub that leads to it."""
    port = free_port()
    _, secret = stage.cast.owner.endpoint(f"http://127.0.0.1:{port}/webhooks")
    values = {
        "WTH_API_URL": stage.server.site,
        "WTH_API_KEY": stage.cast.owner.test_key,
        "WTH_WEBHOOK_SECRET": secret,
        "SHOP_DATABASE": stage.database.address,
        "PORT": str(port),
    }
    text = re.sub(r"(\w+)=\S+", lambda word: f"{word[1]}='{values[word[1]]}'", START)
    path = f"{tools.current_node().parent}{os.pathsep}{os.environ['PATH']}"
    command: list[str | Path] = ["bash", "-ec", text.replace("npm start", "exec node shop.ts")]
    with node_shop.running(command, folder, {"PATH": path, "SHOP_AUDIT": "1"}, port=port):
        yield ShopSite(stage, f"http://127.0.0.1:{port}")


@pytest.mark.parametrize("shop_database", ["node:sqlite", "pg"], indirect=True)
def test_the_shop_mirrors_and_sells_each_watch_once(stage: Stage, installed: Path) -> None:
    watch, other = stage.cast.owner.listings(2)
    with start_shop(stage, installed) as shop:
        work_off()  # the deliveries of the first events arrive after the snapshot: they are duplicates
        shop.check_equal()
        assert shop.call(**{"inv_…": watch.id})[1:] == ['{"id":"order-1"}', order_text(watch.id, "pending")]
        work_off()
        shop.check_equal()
        [order] = stage.api.list_all("/orders", external_id="order-1")
        Order.get_by_id(order["id"]).fulfil(stage.cast.owner.actor(), None)
        other.unpublish(stage.cast.owner.actor())
        work_off()
        shop.check_equal()
        stage.check_applied(after=2)
        again, sold = shop.call(**{"inv_…": watch.id}), shop.call(**{"inv_…": watch.id, "order-1": "order-2"})
    assert again == ["[]", '{"id":"order-1"}', order_text(watch.id, "fulfilled")]
    assert sold[1:] == ['{"error":"This watch has been sold."}', order_text(watch.id, "sold_out", "order-2")]


def order_text(listing_id: str, status: str, order_id: str = "order-1") -> str:
    return f'{{"id":"{order_id}","listing_id":"{listing_id}","status":"{status}"}}'


@pytest.mark.parametrize("shop_database", ["node:sqlite"], indirect=True)
def test_forged_webhooks_and_unknown_orders_change_nothing(stage: Stage, installed: Path) -> None:
    stage.cast.owner.listing()
    with start_shop(stage, installed) as shop:
        assert requests.post(f"{shop.url}/webhooks", json={"event": "listing.sold"}, timeout=10).status_code == 400
        assert requests.get(f"{shop.url}/orders/none", timeout=10).status_code == 404
        shop.check_equal()


def test_the_types_of_the_shop_are_right(installed: Path) -> None:
    node_shop.run(["npm", "run", "check"], installed)


def test_the_shop_is_small_and_its_versions_are_exact() -> None:
    assert sum(len(path.read_text().splitlines()) for path in SOURCE.glob("*.ts")) < MAX_LINES
    versions = re.findall(r'"(?:[@\w/-]+)": "([\d^~*][^"]*)"', (SOURCE / "package.json").read_text())
    assert len(versions) > 5
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
