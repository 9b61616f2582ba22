"""PostgreSQL or Redis is stopped for 15 seconds under load: the hub continues by itself, and says little meanwhile."""

import random
import time
from functools import partial

import pytest

import config
from models.accounts.integration import Integration
from models.delivery.delivery import Delivery
from tests.cast import Cast, Person
from tests.client import Client
from tests.journeys.processes import eventually
from tests.proxy import between
from tests.receiver import Receiver
from tests.soak.ledger import check_events, check_orders
from tests.soak.processes import hub
from tests.soak.shoppers import Shoppers

WATCHES = 60  # per dealer
LOAD_SECONDS = 5
OUTAGE_SECONDS = 15
RECOVERY_SECONDS = 10
MAX_LINES = 100

pytestmark = pytest.mark.skipif(config.is_sqlite(), reason="SQLite has no server that could stop")


@pytest.mark.parametrize("setting", ["WTH_DATABASE_URL", "WTH_QUEUE_URL"])
def test_hub_recovers_when_a_stopped_server_returns(
    setting: str, cast: Cast, receiver: Receiver, rng: random.Random, capfd: pytest.CaptureFixture[str]
) -> None:
    people = [cast.owner, cast.stranger]
    Integration.update(rate_limit=1_000_000).execute()
    listings = {person.dealer.id: [listing.id for listing in person.listings(WATCHES)] for person in people}
    reserved = listings[cast.owner.dealer.id][-2:]
    for_sale = {dealer: ids[:-2] for dealer, ids in listings.items()}
    for person in people:
        person.endpoint(receiver.url)
    url = config.DATABASE_URL if setting == "WTH_DATABASE_URL" else config.QUEUE_URL
    with (
        between(url) as (server, through_proxy),
        hub(**{setting: through_proxy, "WTH_LOG_LEVEL": "warning"}) as (*_, urls),
    ):
        shoppers = Shoppers(people, urls, for_sale, rng)
        shoppers.start()
        time.sleep(LOAD_SECONDS)
        capfd.readouterr()
        server.stop()
        time.sleep(OUTAGE_SECONDS)
        server.start()
        seconds = _time_recovery(cast.owner, urls, reserved, receiver)
        lines = capfd.readouterr().err.splitlines()
        time.sleep(LOAD_SECONDS)
        shoppers.stop()
        eventually(lambda: not Delivery.select().where(Delivery.completed_at.is_null()).exists(), 60)
    print(f"\n{setting}: {seconds:.1f} s, {len(lines)} lines, {dict(shoppers.statuses)}")
    assert seconds < RECOVERY_SECONDS
    assert len(lines) < MAX_LINES, "\n".join(lines)
    assert shoppers.violations == []
    check_orders(shoppers)
    for person in people:
        check_events(person, receiver, WATCHES)


def _time_recovery(person: Person, urls: list[str], watches: list[str], receiver: Receiver) -> float:
    """Return the seconds until each web process has sold a watch, and the events have arrived."""
    begin = time.monotonic()
    for url, watch in zip(urls, watches, strict=True):
        client = Client(url, person.test_key)
        eventually(partial(_sells, client, watch), 60)
        eventually(partial(_has_arrived, receiver, watch), 60)
    return time.monotonic() - begin


def _sells(client: Client, watch: str) -> bool:
    return client.order(watch).status_code == 201


def _has_arrived(receiver: Receiver, watch: str) -> bool:
    return any(watch.encode() in delivered.body for delivered in receiver.deliveries)
