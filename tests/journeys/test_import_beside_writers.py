"""An import of one dealer and the writes of another one at the same time."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from inventory.sheet import Sheet, read_sheet
from models import batches
from models.customer import Customer
from models.database import connection
from models.dealer import Actor
from models.listing import Listing
from models.listing_import import ImportResult, import_sheet
from tests.cast import Cast
from tests.client import Client

ROWS = 200


def import_rows(actor: Actor, sheet: Sheet, *, all_or_nothing: bool) -> ImportResult:
    with connection():
        return import_sheet(actor, sheet, publish=True, all_or_nothing=all_or_nothing)


@pytest.mark.parametrize("all_or_nothing", [False, True])
def test_other_dealers_write_between_the_transactions_of_an_import(
    cast: Cast, stranger_api: Client, monkeypatch: pytest.MonkeyPatch, all_or_nothing: bool
) -> None:
    monkeypatch.setattr(batches, "TRANSACTION_SECONDS", 0.001)
    lines = [f"S{number},Rolex,Model {number},5000" for number in range(ROWS)]
    sheet, actor = read_sheet("\n".join(["SKU,Brand,Model,Price", *lines]).encode()), cast.owner.actor()
    statuses: list[int] = []
    with ThreadPoolExecutor(1) as importer:
        running = importer.submit(import_rows, actor, sheet, all_or_nothing=all_or_nothing)
        while not running.done():
            statuses.append(stranger_api.post("/customers", {"email": f"{len(statuses)}@shop.example"}).status_code)
    assert (running.result().imported, set(statuses)) == (ROWS, {201})
    times = sorted(row.created_at for row in Listing.of(actor))
    between = Customer.select().where(Customer.created_at > times[0], Customer.created_at < times[-1])
    assert between.count() >= 3
