"""Fixtures of the TypeScript mirror: a hub's deliveries, and shops that receive them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.cast import Cast
from tests.client import Client
from tests.clients import tools
from tests.clients.mirror import node_shop
from tests.clients.mirror.node_shop import NodeShop, ShopDatabase
from tests.conftest import POSTGRES
from tests.hub import Server
from tests.receiver import Delivered, Receiver
from tests.worker import work_off

DRIVERS = ("node:sqlite", "better-sqlite3", "pg")


@pytest.fixture(scope="session")
def program() -> Path:
    """The folder with the built package and the shop."""
    return node_shop.build_project()


@pytest.fixture(params=DRIVERS)
def shop_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ShopDatabase]:
    """An empty database of the shop, for each driver."""
    if request.param != "pg":
        yield ShopDatabase(str(tmp_path / "shop.db"), request.param)
        return
    if not POSTGRES:
        pytest.skip("The mirror was not tested on PostgreSQL: run make test-services.")
    name = f"wth_shop_{tmp_path.name.lower()}_{tmp_path.parent.name.replace('-', '_')}"[:60]
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"'.encode())
        yield ShopDatabase(f"{POSTGRES.rsplit('/', 1)[0]}/{name}", "pg")
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@dataclass
class Stage:
    """A dealer's hub, its endpoint, and the shop's database. The endpoint is a receiver, which the test reads."""

    cast: Cast
    api: Client
    server: Server
    receiver: Receiver
    secret: str
    database: ShopDatabase
    program: Path

    def open(
        self, framework: str = "express", *, port: int | None = None, **settings: str
    ) -> AbstractContextManager[NodeShop]:
        """Start a shop on the database."""
        hub = {"WTH_API_KEY": self.cast.owner.test_key, "WTH_API_URL": self.server.site}
        own = {"SHOP_DATABASE": self.database.address, "DRIVER": self.database.driver, "FRAMEWORK": framework}
        variables = {**hub, "WTH_WEBHOOK_SECRET": self.secret, **own, **settings}
        return node_shop.running([tools.current_node(), "shop.ts"], self.program, variables, port=port)

    def deliveries(self, act: Callable[[], object]) -> list[Delivered]:
        """Return what the hub delivers after an action, in the order of events."""
        work_off()
        known = len(self.receiver.deliveries)
        act()
        work_off()
        return sorted(self.receiver.deliveries[known:], key=lambda delivered: int(delivered.event["sequence"]))

    def check_equal(self) -> None:
        """Compare the shop's table with the hub's listings."""
        rows = self.api.list_all("/listings")
        assert self.database.listings == {(row["id"], row["status"], float(row["asking_price_eur"])) for row in rows}

    def check_applied(self, after: int = 0) -> None:
        """Check that every event after the snapshot took effect exactly once."""
        newest = self.api.list_all("/events")[-1]["sequence"]
        assert self.database.applied == [*range(after + 1, newest + 1)]
        assert self.database.position == newest


@pytest.fixture
def stage(
    cast: Cast, api: Client, server: Server, receiver: Receiver, shop_database: ShopDatabase, program: Path
) -> Stage:
    _, secret = cast.owner.endpoint(receiver.url)
    return Stage(cast, api, server, receiver, secret, shop_database, program)
